import Configuration
import Evaluation
import EventLog
import Foundation
import Models
import Ranking
import Replay
import Session
import SnapshotWriter

/// A search for better values: each trial trains a snapshot on every fold and asks the scorer itself.
public struct Tuning {
  public let base: ConfigurationText
  public let folds: TuningFolds
  public let metric: TunedMetric
  public var parameters = TunableParameter.all
  /// Trials at most, that of the file's own values counted; nil: as many as the time allows.
  public var trialsMost: Int?
  /// Seconds of all trials together, those of earlier runs counted, and of the confirmation; nil: no bound.
  public var secondsMost: Double?
  public var journal: TuningJournal?
  public var seed: UInt64 = 1
  public var resamples = 1000
  public var parallelism = Parallelism.allCores
  public var progress = Progress()

  public init(_ base: ConfigurationText, _ folds: TuningFolds, _ metric: TunedMetric) {
    (self.base, self.folds, self.metric) = (base, folds, metric)
  }

  public struct Progress {
    /// What is being tried: the number of the trial, and the values that differ from the file's.
    public var trial: (Int, [String: String]) -> Void = { _, _ in }
    /// What came of it, and the mean of the best values before it.
    public var tried: (Trial, Double?) -> Void = { _, _ in }
    public var confirming: () -> Void = {}

    public init() {}
  }

  /// Searches, then asks the file's values and the best ones about the fold that the search has not seen.
  /// - Throws: `ConfigurationError` where the file cannot hold a value, `TuningError` for the journal, and what a build throws.
  public func run() throws -> TuningReport {
    var ledger = Ledger(self)
    let parameters = self.parameters.filter(concernsData)
    // What the file cannot take is to be known now, not after an hour.
    for parameter in parameters { _ = try base.setting([parameter.key: parameter.text(at: 0)]) }
    guard let start = try ledger.ask([:], nil) else { throw SnapshotWriterError.nothingToShow }
    let original = try parameters.map { try base.value($0.key) ?? $0.standard }
    var search = CoordinateSearch(parameters, original: original, start: start, seed: seed)
    let isFinished = try search.run { values, best in
      guard ledger.mayGoOn(values) else { return .ended }
      return try ledger.ask(values, best).map { .score($0) } ?? .failed
    }
    let best = search.best
    return TuningReport(
      metric: metric, changes: changes(parameters, best.values, original), trials: ledger.count,
      seconds: ledger.seconds,
      isFinished: isFinished, folds: folds, start: start.mean, best: best.score.mean,
      confirmation: best.values.isEmpty ? nil : try confirm(best.values), found: try base.setting(best.values))
  }

  /// No weight of a type that never happened: trying it would only take time.
  private func concernsData(_ parameter: TunableParameter) -> Bool {
    let types = Set(folds.confirmation.training.table.types)
    let absent = EventType.allCases.filter { !types.contains($0.rawValue) }
    return !absent.contains { parameter.key == "weights.\($0.name)" }
  }

  private func changes(
    _ parameters: [TunableParameter], _ values: [String: String], _ original: [String]
  ) -> [TuningReport.Change] {
    zip(parameters, original).compactMap { parameter, original in
      values[parameter.key].map { TuningReport.Change(key: parameter.key, was: original, now: $0) }
    }
  }

  // MARK: Trials

  /// One configuration on the folds of the search; what is clearly worse than `best` on the first of them is not asked further.
  fileprivate func evaluate(_ values: [String: String], against best: TrialScore?) throws -> Trial {
    let clock = ContinuousClock()
    let begin = clock.now
    var score = TrialScore(folds: [])
    do {
      let configuration = try base.setting(values).setting(lighter()).configuration()
      for fold in folds.search {
        score.folds.append(sums(try outcomes(fold, configuration), fold.test))
        guard let best else { continue }
        let (difference, standardError) = score.difference(to: best)
        if difference < -2 * standardError { break }
      }
    } catch SnapshotWriterError.overBudget where best != nil {
      score.folds = []
    }
    return Trial(values: values, folds: score.folds, seconds: (clock.now - begin) / .seconds(1))
  }

  private func lighter() throws -> [String: String] {
    var values: [String: String] = [:]
    for bound in TunableParameter.boundsOfTrials {
      let written = try base.value(bound.key).flatMap(Int.init) ?? bound.standard
      if written > bound.most { values[bound.key] = "\(bound.most)" }
    }
    return values
  }

  private func outcomes(_ fold: TuningFold, _ configuration: Configuration) throws -> [Outcome] {
    let (models, plan) = try RankedModels.fit(fold.training, configuration, parallelism: parallelism)
    let snapshot = try TrainedSnapshot(models, plan, configuration, table: fold.training.table)
    let evaluator = Evaluator(
      cutoffs: [metric.cutoff], context: fold.test.protocolOfTest.context, parallelism: parallelism)
    return try evaluator.run(snapshot, fold.test).outcomes
  }

  private func sums(_ outcomes: [Outcome], _ test: TestSet) -> GroupedSums {
    var sums = GroupedSums()
    for (position, outcome) in zip(test.positions, outcomes) {
      var random = SplitMix(seed: seed, stream: position.session)
      let group = random.next(below: GroupedSums.groups)
      sums.sums[group] += outcome.metrics(at: metric.cutoff)[metric.metric.rawValue]
      sums.counts[group] += 1
    }
    return sums
  }

  // MARK: Confirmation

  private func confirm(_ values: [String: String]) throws -> TuningReport.Confirmation {
    progress.confirming()
    let fold = folds.confirmation
    let sums = try [[:], values].map { values in
      SessionSums(
        try outcomes(fold, base.setting(values).configuration()), fold.test, cutoffs: [metric.cutoff],
        positions: fold.test.positions.indices)
    }
    let bootstrap = Bootstrap(resamples: resamples, seed: seed, parallelism: parallelism)
    func figure(_ sums: SessionSums) -> TuningReport.Figure {
      let (lane, interval) = (metric.metric.rawValue, bootstrap.intervals(sums)[0])
      return TuningReport.Figure(mean: sums.means[0][lane], interval: [interval.low[lane], interval.high[lane]])
    }
    return TuningReport.Confirmation(
      start: figure(sums[0]), best: figure(sums[1]), gain: figure(sums[1] - sums[0]))
  }
}

/// The trials of a run: made, found in the journal, or known already.
private struct Ledger {
  private let tuning: Tuning
  private let recorded: [Trial]
  private var known: [[String: String]: TrialScore?] = [:]
  private(set) var count = 0
  private(set) var seconds = 0.0
  /// Of the first trial: what a trial and the confirmation, two snapshots of one fold, will take about.
  private var secondsOfFirst = 0.0

  init(_ tuning: Tuning) {
    self.tuning = tuning
    recorded = tuning.journal?.trials ?? []
  }

  func mayGoOn(_ values: [String: String]) -> Bool {
    if known[values] != nil { return true }
    if let most = tuning.trialsMost, count >= most { return false }
    let reserve = secondsOfFirst * (1 + 2 / Double(tuning.folds.search.count))
    return tuning.secondsMost.map { seconds + reserve <= $0 } ?? true
  }

  /// Nil where no snapshot can be built.
  mutating func ask(_ values: [String: String], _ best: TrialScore?) throws -> TrialScore? {
    if let score = known[values] { return score }
    let trial: Trial
    if count < recorded.count {
      trial = recorded[count]
      guard trial.values == values else {
        throw TuningError.divergedJournal(path: tuning.journal?.path ?? "", line: count + 2)
      }
    } else {
      tuning.progress.trial(count + 1, values)
      trial = try tuning.evaluate(values, against: best)
      try tuning.journal?.append(trial)
    }
    count += 1
    seconds += trial.seconds
    if count == 1 { secondsOfFirst = trial.seconds }
    tuning.progress.tried(trial, best?.mean)
    known.updateValue(trial.score, forKey: values)
    return trial.score
  }
}
