import Configuration
import EventLog
import Foundation
import Models
import Recommender
import Replay
import SnapshotFormat
import SnapshotWriter

/// Learns the rankers of a log. What a ranker learns from is what it will see: the features that the scorer itself computes, over
/// snapshots that know nothing of the questions.
struct RankerTraining {
  private let log: EventLog
  private let configuration: Configuration
  private let parameters: ModelParameters.Ranker
  private let parallelism: Parallelism
  private let progress: (String) -> Void

  init(
    _ log: EventLog, _ configuration: Configuration, _ parallelism: Parallelism, _ progress: @escaping (String) -> Void
  ) {
    (self.log, self.configuration, self.parallelism, self.progress) = (log, configuration, parallelism, progress)
    parameters = configuration.models.ranker
  }

  /// By context; none where there is too little to learn from.
  func rankers() throws -> [UInt8: [TreeEnsemble.Tree]] {
    guard parameters.trees > 0 else { return [:] }
    let kind: EvaluationProtocol =
      configuration.events.isOrdered ? .next(excludingCurrent: true) : .basket(perBasket: 5)
    let rolling = RollingFolds(log.table, count: parameters.folds, positions: parameters.positions)
    var examples: [RankingExamples] = []
    for (number, fold) in rolling.folds.enumerated() {
      progress("ranker: index \(number + 1) of \(rolling.folds.count)")
      examples.append(try self.examples(fold, rolling, kind))
    }
    progress("ranker: learning")
    guard examples.reduce(0, { $0 + $1.groupCount }) >= parameters.minimumPositions else { return [:] }
    var all = examples[0]
    for fold in examples.dropFirst() { all.append(contentsOf: fold) }
    var boosting = GradientBoosting.Parameters()
    boosting.trees = parameters.trees
    boosting.learningRate = parameters.learningRate
    let trees = GradientBoosting(all, parameters: boosting, parallelism: parallelism).trees
    guard !trees.isEmpty else { return [:] }
    let contexts: [Context] = configuration.events.isOrdered ? [.homepage, .product, .search] : Context.allCases
    return Dictionary(uniqueKeysWithValues: contexts.map { ($0.rawValue, trees) })
  }

  private func examples(_ fold: Fold, _ rolling: RollingFolds, _ kind: EvaluationProtocol) throws -> RankingExamples {
    var examples = RankingExamples(featureCount: Feature.count)
    let past = log.past(before: fold.cut)
    guard past.table.count > 0,
      let test = try? TestSet(
        log, isIncluded: rolling.sessions(of: fold), protocol: kind, configuration: configuration,
        seed: configuration.seed)
    else { return examples }
    var unranked = configuration
    unranked.asOf = .newest
    let plan = SnapshotPlan(items: past.table.itemIDs.count, configuration: unranked)
    let models = TrainedModels.fit(past, unranked, dimensions: plan.dimensions, parallelism: parallelism)
    let snapshot = try TrainedSnapshot(models, plan, unranked, table: past.table)
    let recommender = try snapshot.open()
    guard let base = recommender.snapshots.base else { return examples }
    let items = ItemDirectory(test.itemIDs, base)
    let scorer = try Scorer(snapshot, test, items, context: kind.context)
    let every = max(1, test.positionCount * parameters.folds / parameters.positions)
    var rows: [Float] = []
    for (number, position) in test.positions.enumerated() where number % every == 0 {
      let target = items.numbers[Int(test.sessions[position.session][position.target].item)]
      rows.removeAll(keepingCapacity: true)
      var found: Int?
      scorer.candidates(at: position) { item, features in
        if item == target { found = rows.count / Feature.count }
        rows.append(contentsOf: UnsafeBufferPointer(start: features, count: Feature.count))
      }
      if let found { examples.append(rows, target: found) }
    }
    return examples
  }
}
