import Configuration
import EventLog
import Foundation
import Models
import Ranking
import Recommender
import Replay

/// A whole evaluation: trains, asks, counts.
public struct Evaluation {
  public let evaluator: Evaluator
  public var resamples = 1000
  public var seed: UInt64 = 1
  public var progress = Progress()
  /// Where a sample of the questions is written, for other engines to answer; nil: nowhere.
  public var questions: QuestionSample?

  public init(_ evaluator: Evaluator) { self.evaluator = evaluator }

  public struct Progress {
    public var begin: (String) -> Void = { _ in }
    /// Positions answered, of all.
    public var answered: (Int, Int) -> Void = { _, _ in }

    public init() {}
  }

  /// A configuration to evaluate, with the training part as it reads it.
  public struct Subject {
    public let name: String
    public let configuration: Configuration
    let training: EventLog

    public init(name: String, configuration: Configuration, training: EventLog) {
      (self.name, self.configuration, self.training) = (name, configuration, training)
    }
  }

  /// - Parameter other: is asked at the same positions, and the differences to `subject` are reported.
  public func run(_ subject: Subject, comparedWith other: Subject? = nil, on test: TestSet) throws -> EvaluationReport {
    let first = try ask(subject, test, questions)
    let second = try other.map { try ask($0, test) }
    progress.begin("intervals")
    let breakdowns = Breakdown.all(test, first.snapshot, first.answers)
    let table = subject.training.table
    return EvaluationReport(
      setting: EvaluationReport.Setting(
        name: test.protocolOfTest.name, description: test.protocolOfTest.description,
        context: "\(evaluator.context.name)", cutoffs: evaluator.cutoffs, resamples: resamples, seed: seed),
      training: EvaluationReport.Part(
        events: table.count, sessions: Set(table.sessions).count, items: Set(table.items).count,
        times: subject.training.events.times ?? 0...0),
      test: EvaluationReport.Part(
        events: test.eventCount, sessions: test.sessionCount,
        items: Set(test.sessions.joined().map(\.item)).count, times: test.times),
      positions: test.positionCount, scored: scored(first, test, breakdowns),
      comparison: second.map { compare(first, $0, test, breakdowns) })
  }

  struct Asked {
    let subject: Subject
    let snapshot: TrainedSnapshot
    let answers: Answers
    let trainingSeconds: Double
  }

  func ask(_ subject: Subject, _ test: TestSet, _ questions: QuestionSample? = nil) throws -> Asked {
    let start = Date()
    let (models, plan) = try RankedModels.fit(
      subject.training, subject.configuration, parallelism: evaluator.parallelism, progress: progress.begin)
    progress.begin("writing and checking the snapshot")
    let snapshot = try TrainedSnapshot(
      models, plan, subject.configuration, table: subject.training.table,
      publisher: questions?.publisher())
    let trained = Date()
    progress.begin("answering at \(test.positionCount) positions")
    let answers = try evaluator.run(snapshot, test) { progress.answered($0, test.positionCount) }
    try questions?.write(snapshot, test, answers.items, evaluator)
    return Asked(
      subject: subject, snapshot: snapshot, answers: answers, trainingSeconds: trained.timeIntervalSince(start))
  }

  // MARK: Figures

  private func scored(_ asked: Asked, _ test: TestSet, _ breakdowns: [Breakdown]) -> EvaluationReport.Scored {
    let answers = asked.answers
    func sums(_ positions: some Sequence<Int>) -> SessionSums {
      SessionSums(answers.outcomes, test, cutoffs: evaluator.cutoffs, positions: positions)
    }
    let overall = figures(sums(test.positions.indices))
    let profile = AnswerProfile(answers.tally, asked.snapshot, cutoffs: evaluator.cutoffs)
    let unknown = unknownShares(answers.items, test)
    return EvaluationReport.Scored(
      configuration: asked.subject.name, generation: asked.snapshot.generation, items: asked.snapshot.items,
      shown: asked.snapshot.shown, metrics: overall.metrics.merging(profile.values) { $1 },
      intervals: overall.intervals, sources: sources(answers.tally), fallback: fallback(answers.tally),
      unknownTargets: unknown.targets, unknownSessionItems: unknown.sessions,
      trainingPopularityRank: profile.trainingRank,
      breakdowns: groups(breakdowns) { sums($0) },
      timing: EvaluationReport.Timing(
        trainingSeconds: asked.trainingSeconds, answeringSeconds: answers.seconds, threads: answers.threads))
  }

  private func compare(
    _ first: Asked, _ second: Asked, _ test: TestSet, _ breakdowns: [Breakdown]
  ) -> EvaluationReport.Comparison {
    func difference(_ positions: some Sequence<Int>) -> SessionSums {
      SessionSums(second.answers.outcomes, test, cutoffs: evaluator.cutoffs, positions: positions)
        - SessionSums(first.answers.outcomes, test, cutoffs: evaluator.cutoffs, positions: positions)
    }
    let overall = figures(difference(test.positions.indices))
    return EvaluationReport.Comparison(
      scored: scored(second, test, breakdowns), differences: overall.metrics, intervals: overall.intervals,
      breakdowns: groups(breakdowns) { difference($0) })
  }

  private func groups(
    _ breakdowns: [Breakdown], _ sums: ([Int]) -> SessionSums
  ) -> [String: [EvaluationReport.Group]] {
    var result: [String: [EvaluationReport.Group]] = [:]
    for breakdown in breakdowns {
      result[breakdown.key] = breakdown.groups.map { group in
        let sums = sums(group.positions)
        let figures = figures(sums)
        return EvaluationReport.Group(
          name: group.name, positions: sums.positions, sessions: sums.sessions, metrics: figures.metrics,
          intervals: figures.intervals)
      }
    }
    return result
  }

  func figures(_ sums: SessionSums) -> (metrics: [String: Double], intervals: [String: [Double]]) {
    let bootstrap = Bootstrap(resamples: resamples, seed: seed, parallelism: evaluator.parallelism)
    var metrics: [String: Double] = [:]
    var intervals: [String: [Double]] = [:]
    for (k, (mean, interval)) in zip(sums.cutoffs, zip(sums.means, bootstrap.intervals(sums))) {
      for metric in RankingMetric.allCases {
        let (key, lane) = ("\(metric.name)@\(k)", metric.rawValue)
        metrics[key] = mean[lane]
        intervals[key] = [interval.low[lane], interval.high[lane]]
      }
    }
    return (metrics, intervals)
  }

  private func sources(_ tally: AnswerTally) -> [EvaluationReport.Share] {
    let items = Double(max(tally.items.reduce(0, +), 1))
    let found = Double(max(tally.found.reduce(0, +), 1))
    return Source.allCases.map { source in
      let number = Int(source.rawValue)
      return EvaluationReport.Share(
        name: "\(source.name)", items: Double(tally.items[number]) / items, found: Double(tally.found[number]) / found)
    }
  }

  private func fallback(_ tally: AnswerTally) -> [EvaluationReport.Share] {
    let all = Double(max(tally.rungs.reduce(0, +), 1))
    return tally.rungs.indices.filter { tally.rungs[$0] > 0 }.map { rung in
      EvaluationReport.Share(name: tally.rungNames[rung], items: Double(tally.rungs[rung]) / all, found: nil)
    }
  }

  private func unknownShares(_ items: ItemDirectory, _ test: TestSet) -> (targets: Double, sessions: Double) {
    func isUnknown(_ event: TestEvent) -> Bool { items.numbers[Int(event.item)] == ItemDirectory.unknown }
    let targets = test.positions.count { isUnknown(test.sessions[$0.session][$0.target]) }
    let events = test.sessions.joined()
    return (
      Double(targets) / Double(test.positionCount), Double(events.count(where: isUnknown)) / Double(test.eventCount)
    )
  }
}
