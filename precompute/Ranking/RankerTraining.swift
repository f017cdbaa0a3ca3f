import Configuration
import EventLog
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
    _ log: EventLog, _ configuration: Configuration, treesMax: Int, _ parallelism: Parallelism,
    _ progress: @escaping (String) -> Void
  ) {
    (self.log, self.configuration, self.parallelism, self.progress) = (log, configuration, parallelism, progress)
    var parameters = configuration.models.ranker
    parameters.trees = min(parameters.trees, treesMax)
    self.parameters = parameters
  }

  /// None where there is too little to learn from.
  func rankers() throws -> [RankerKind: [TreeEnsemble.Tree]] {
    guard parameters.trees > 0 else { return [:] }
    let tasks = RankerTask.all(log.table, configuration)
    let rolling = RollingFolds(log.table, count: parameters.folds, positions: parameters.positions) { events in
      tasks[0].positions(ofSessionOf: events)
    }
    var examples = tasks.map { _ in RankingExamples(featureCount: Feature.count) }
    var asked = tasks.map { _ in 0 }
    // Writing a snapshot and asking it is work of one thread, so it goes on while the next fold's models learn.
    var asking: BackgroundWork<[(examples: RankingExamples, asked: Int)]>?
    defer { _ = try? asking?.value() }
    func collect() throws {
      for (task, answers) in (try asking?.value() ?? []).enumerated() {
        examples[task].append(contentsOf: answers.examples)
        asked[task] += answers.asked
      }
      asking = nil
    }
    for (number, fold) in rolling.folds.enumerated() {
      progress("ranker: learning from the past, \(number + 1) of \(rolling.folds.count)")
      guard let past = past(before: fold.cut) else { continue }
      try collect()
      asking = BackgroundWork(parallelism) {
        let snapshot = try index(past)
        return try tasks.map { try ask(snapshot, $0.questions, rolling.sessions(of: fold)) }
      }
    }
    try collect()
    var rankers: [RankerKind: [TreeEnsemble.Tree]] = [:]
    for (number, task) in tasks.enumerated() {
      let examples = examples[number]
      guard examples.groupCount >= parameters.minimumPositions else {
        progress("ranker: \(task.kinds[0].name), fixed weights: \(examples.groupCount) positions are too few")
        continue
      }
      progress("ranker: \(task.kinds[0].name), \(examples.groupCount) of \(asked[number]) positions have their target")
      let trees = GradientBoosting(
        examples, parameters: GradientBoosting.Parameters(parameters), parallelism: parallelism
      ).trees
      for kind in task.kinds where !trees.isEmpty { rankers[kind] = trees }
    }
    return rankers
  }

  private struct Past {
    let table: EventTable
    let configuration: Configuration
    let plan: SnapshotPlan
    let models: TrainedModels
  }

  /// What was known at `moment`; nil where nothing was.
  private func past(before moment: UInt32) -> Past? {
    var configuration = configuration
    configuration.asOf = .newest
    let past = ItemSelection(log.past(before: moment), configuration, parallelism: parallelism).log
    guard past.table.count > 0 else { return nil }
    let plan = SnapshotPlan(past.table, configuration)
    let models = TrainedModels.fit(past, configuration, dimensions: plan.dimensions, parallelism: parallelism)
    return Past(table: past.table, configuration: configuration, plan: plan, models: models)
  }

  private func index(_ past: Past) throws -> TrainedSnapshot {
    var models = past.models
    try models.addRuleLists(past.table, past.plan, past.configuration, parallelism)
    return try TrainedSnapshot(models, past.plan, past.configuration, table: past.table)
  }

  /// What the scorer knows of its candidates wherever the target is one of them.
  private func ask(
    _ snapshot: TrainedSnapshot, _ questions: EvaluationProtocol, _ sessions: [Bool]
  ) throws -> (examples: RankingExamples, asked: Int) {
    var examples = RankingExamples(featureCount: Feature.count)
    let test: TestSet
    do {
      test = try TestSet(
        log, isIncluded: sessions, protocol: questions, configuration: configuration, seed: configuration.seed)
    } catch EvaluationError.noPositions { return (examples, 0) }
    guard let base = try snapshot.open().snapshots.base else { return (examples, 0) }
    let items = ItemDirectory(test.itemIDs, base)
    let scorer = try Scorer(snapshot, test, items, context: questions.context)
    let every = max(1, (test.positionCount * parameters.folds + parameters.positions - 1) / parameters.positions)
    let asked = stride(from: 0, to: test.positionCount, by: every)
    var rows = Candidates()
    for number in asked {
      let position = test.positions[number]
      rows.removeAll(target: items.numbers[Int(test.sessions[position.session][position.target].item)])
      scorer.candidates(at: position) { rows.append($0, $1) }
      if let group = rows.sample(SplitMix(seed: configuration.seed, stream: number)) {
        examples.append(group.rows, weights: group.weights, target: group.target)
      }
    }
    return (examples, asked.reduce(0) { count, _ in count + 1 })
  }
}

extension GradientBoosting.Parameters {
  init(_ parameters: ModelParameters.Ranker) {
    self.init()
    trees = parameters.trees
    learningRate = parameters.learningRate
  }
}

/// The candidates of one position.
private struct Candidates {
  /// All of the head, which the target competes with, and of the others a sample, so that learning does not take time with what
  /// nobody would answer.
  private static let head = 24
  private static let sampled = 16

  private var features: [Float] = []
  private var count = 0
  private var target: UInt32 = 0
  /// The row of the target.
  private var found: Int?

  mutating func removeAll(target: UInt32) {
    features.removeAll(keepingCapacity: true)
    (count, found, self.target) = (0, nil, target)
  }

  mutating func append(_ item: UInt32, _ row: [Float]) {
    if item == target { found = count }
    features += row
    count += 1
  }

  /// Nil where the target is not among them.
  func sample(_ random: SplitMix) -> (rows: [Float], weights: [Float], target: Int)? {
    guard let found else { return nil }
    var random = random
    let head = min(count, Candidates.head)
    let tail = count - head
    var chosen: Set<Int> = []
    if tail <= Candidates.sampled {
      chosen.formUnion(head..<count)
    } else {
      while chosen.count < Candidates.sampled { chosen.insert(head + random.next(below: tail)) }
    }
    chosen.remove(found)
    // The target stands for itself alone.
    let weight = Float(found < head ? tail : tail - 1) / Float(max(1, chosen.count))
    let kept = Array(0..<head) + chosen.sorted() + (found < head ? [] : [found])
    return (
      kept.flatMap { features[$0 * Feature.count..<($0 + 1) * Feature.count] },
      kept.map { $0 < head || $0 == found ? 1 : weight }, found < head ? found : kept.count - 1
    )
  }
}
