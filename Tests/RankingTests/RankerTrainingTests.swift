import Configuration
import EventLog
import Models
import Ranking
import Recommender
import Replay
import Session
import SnapshotFormat
import SnapshotWriter
import TestSupport
import Testing

@Suite struct RankerTrainingTests {
  /// People look at three items and then, again and again, at the one that they looked at two before. What stood beside what says
  /// nothing, and that a visitor returns to just that place is no fixed weight's business.
  private static func returning(sessions: Int, firstSession: Int = 0, seed: UInt64) -> [Row] {
    var random = SeededGenerator(seed)
    return (0..<sessions).flatMap { number -> [Row] in
      let session = firstSession + number
      var items: [Int] = []
      while items.count < 3 {
        let item = random.below(80)
        if !items.contains(item) { items.append(item) }
      }
      for _ in 0..<5 { items.append(items[items.count - 3]) }
      return items.enumerated().map { Row(session, "i\($1)", 1_600_000_000 + session * 3600 + $0) }
    }
  }

  private static func configuration(_ ranker: String = "") throws -> Configuration {
    try Configuration(yaml: "models: { ranker: { \(ranker) }, factors: { dimensions: 0 } }")
  }

  @Test(arguments: [true, false]) func learnsWhatFixedWeightsCannotSay(excludingCurrent: Bool) throws {
    let log = try readLog(Self.returning(sessions: 700, seed: 1))
    let test = try readLog(Self.returning(sessions: 60, firstSession: 1_000, seed: 2))
    let questions = EvaluationProtocol.next(excludingCurrent: excludingCurrent)
    let learned = try meanReciprocalRank(log, on: test, questions, Self.configuration())
    let fixed = try meanReciprocalRank(log, on: test, questions, Self.configuration("trees: 0"))
    // Five of seven questions have an answer.
    #expect(learned > 0.68, "\(learned)")
    #expect(fixed < learned - 0.15, "\(fixed) with fixed weights, \(learned) learned")
  }

  /// What is later than the models' moment teaches nothing, be it by `as_of` or by a clock that is wrong by years.
  @Test func laterEventsTeachNothing() throws {
    let past = Self.returning(sessions: 500, seed: 3)
    let later = Self.returning(sessions: 200, firstSession: 2_000, seed: 4)
    var configuration = try Self.configuration("trees: 20, minimum_positions: 100")
    configuration.asOf = .time(1_600_000_000 + 500 * 3600)
    let rankers = try RankedModels.fit(readLog(past, configuration), configuration).models.rankers
    #expect(!rankers.isEmpty)
    #expect(try RankedModels.fit(readLog(past + later, configuration), configuration).models.rankers == rankers)
    configuration.asOf = .newest
    for clock in [2_000_000_000, Int(UInt32.max)] {
      let wrong = past + [Row(9_999, "i1", clock)]
      #expect(try RankedModels.fit(readLog(wrong, configuration), configuration).models.rankers == rankers)
    }
  }

  /// A ranker for what is asked of such a log, and none that nothing was learned for.
  @Test func kinds() throws {
    func kinds(_ rows: [Row], _ yaml: String = "") throws -> Set<RankerKind> {
      let configuration = try Configuration(
        yaml: "models: { ranker: { trees: 3, minimum_positions: 100 }, factors: { dimensions: 0 } }\n" + yaml)
      let rankers = try RankedModels.fit(readLog(rows, configuration), configuration).models.rankers
      #expect(rankers.values.allSatisfy { $0.count == 3 })
      return Set(rankers.keys)
    }
    let views = Self.returning(sessions: 300, seed: 3)
    #expect(try kinds(views) == [.session, .page])
    let carts = views.map { Row($0.session, $0.item, $0.time, $0.time % 2 == 0 ? "view" : "purchase") }
    #expect(try kinds(carts) == [.session, .page, .basket])
    let purchases = views.map { Row($0.session, $0.item, $0.time, "purchase") }
    #expect(try kinds(purchases, "events: { ordered: false }") == [.session, .page, .basket])
  }

  @Test func withTooLittleToLearnFromThereIsNone() throws {
    func rankers(_ rows: [Row], _ ranker: String) throws -> Int {
      let configuration = try Self.configuration(ranker)
      return try RankedModels.fit(readLog(rows), configuration).models.rankers.count
    }
    let rows = Self.returning(sessions: 200, seed: 4)
    #expect(try rankers(rows, "trees: 3, minimum_positions: 100") == 2)
    #expect(try rankers(rows, "trees: 3, minimum_positions: 10000") == 0)
    #expect(try rankers(rows, "trees: 0, minimum_positions: 100") == 0)
    #expect(try rankers(Self.returning(sessions: 1, seed: 5), "minimum_positions: 1") == 0)
    let single = (0..<50).map { Row($0, "i\($0 % 5)", 1_600_000_000 + 3600 * $0) }
    #expect(try rankers(single, "minimum_positions: 1") == 0, "nobody looks at a second item")
  }

  /// A ranker's row stands on one page, and a small shop's pages are small: of more trees the first are kept.
  @Test func aSmallShopKeepsWhatItsPagesHold() throws {
    let configuration = try Self.configuration("trees: 256, minimum_positions: 100, learning_rate: 0.02")
    let log = try readLog(Self.returning(sessions: 200, seed: 7))
    let (models, plan) = try RankedModels.fit(log, configuration)
    #expect(plan.treesMax > 80 && plan.treesMax < 100)
    #expect(models.rankers.values.allSatisfy { $0.count == plan.treesMax })
    let recommender = try TrainedSnapshot(models, plan, configuration, table: log.table).open()
    #expect(recommender.snapshots.base != nil)
    recommender.recommend(Query(), for: Session())
    let large = SnapshotPlan(items: 5_000, configuration: configuration)
    #expect(large.treesMax == TreeEnsemble.treesMax)
  }

  @Test func anyNumberOfThreads() throws {
    let log = try readLog(Self.returning(sessions: 300, seed: 6))
    let configuration = try Self.configuration("minimum_positions: 100")
    func rankers(_ threads: Int) throws -> [RankerKind: [TreeEnsemble.Tree]] {
      try RankedModels.fit(log, configuration, parallelism: Parallelism(threads: threads)).models.rankers
    }
    let one = try rankers(1)
    #expect(one.count == 2)
    #expect(try rankers(4) == one)
  }

  /// What happens in the newest stretch decides nothing in the index that it is asked of: an item that appears there alone is none of its
  /// candidates, so a log of such items alone teaches nothing.
  @Test func questionsAreNotInTheirIndex() throws {
    var rows: [Row] = []
    for session in 0..<600 {
      for step in 0..<4 { rows.append(Row(session, "i\(session)-\(step)", 1_600_000_000 + session * 3600 + step)) }
    }
    let configuration = try Self.configuration("minimum_positions: 1")
    #expect(try RankedModels.fit(readLog(rows), configuration).models.rankers.isEmpty)
  }
}
