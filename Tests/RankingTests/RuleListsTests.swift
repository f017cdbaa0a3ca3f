import Bytes
import Configuration
import EventLog
import Foundation
import Models
import Ranking
import Recommender
import Replay
import Session
import SnapshotFormat
import SnapshotWriter
import TestSupport
import Testing

/// What is popular in the segments that rules join: people who look at three phones buy cases, everybody else buys mugs.
@Suite struct RuleListsTests {
  private static let now = 1_700_000_000
  private static let day = 86_400
  private static let phones = """
    - id: phones
      when: { count: { event: view, category: Smartphones, at_least: 3, within: 24h } }
      then: { join: Phone People }
    """

  /// A shop written visit by visit.
  private struct Log {
    var shop = PlantedShop()
    private var sessions = 0

    /// - Parameter rules: as they stand in martlet.yaml.
    init(_ rules: String, segments: String = "rule_lists: true", trees: Int = 0) throws {
      let text = rules.isEmpty ? "" : "rules:\n\(rules)\n"
      shop.configuration = try Configuration(
        yaml: """
          segments: { maximum: 0, \(segments) }
          sources: { content: false }
          models: { factors: { dimensions: 0 }, popularity: { shrinkage: 1 },
            ranker: { trees: \(trees), minimum_positions: 50 } }
          \(text)
          """)
      shop.events = ""
      shop.catalogue = ""
      for (prefix, category) in [("p", "Smartphones"), ("b", "Books"), ("case", "Cases"), ("mug", "Mugs")] {
        for place in 0..<6 {
          shop.catalogue +=
            "{\"item_id\":\"\(prefix)\(place)\",\"category\":\"\(category)\",\"price\":\"\(place + 1)\"}\n"
        }
      }
    }

    /// A visit of `items`, a minute each; the last is bought.
    mutating func visit(_ user: String?, _ items: [String], at time: Int) {
      sessions += 1
      for (step, item) in items.enumerated() {
        let user = user.map { "\"user_id\":\"\($0)\"," } ?? ""
        shop.events +=
          "{\"session_id\":\"s\(sessions)\",\(user)\"item_id\":\"\(item)\","
          + "\"event\":\"\(step == items.count - 1 ? "purchase" : "view")\",\"time\":\(time + 60 * step)}\n"
      }
    }

    /// `fans` look at phones and buy a case, every other one with a user's id; sixty look at books and buy a mug.
    mutating func addPeople(fans: Int, age: Int = 0) {
      for fan in 0..<fans {
        visit(fan % 2 == 0 ? "fan\(fan)" : nil, ["p0", "p1", "p2", "case0"], at: RuleListsTests.now - age - 600 * fan)
      }
      for person in 0..<60 {
        visit("other\(person)", ["b0", "b1", "b2", "mug0"], at: RuleListsTests.now - 700 * person)
      }
    }

    func train(threads: Int = 2) throws -> (models: TrainedModels, plan: SnapshotPlan, log: EventLog) {
      let log = try BuiltShop.log(shop)
      let (models, plan) = try RankedModels.fit(log, shop.configuration, parallelism: Parallelism(threads: threads))
      return (models, plan, log)
    }

    /// The best of each segment's list.
    func favourites() throws -> [Int: String] {
      let models = try train().models
      return models.ruleLists.mapValues { models.itemIDs[Int($0.items[0])] }
    }

    /// What a visitor of the homepage is answered who has just looked at `items`.
    func answer(to items: [String]) throws -> [(id: String, rung: Rung?)] {
      let (models, plan, log) = try train()
      let recommender = try TrainedSnapshot(models, plan, shop.configuration, table: log.table).open()
      let base = try recommender.requireBase()
      var session = Session()
      for (step, item) in items.enumerated() {
        let name = item.withView { base.name(ofID: $0) }
        recommender.record(
          Signal(item: name, type: .view, time: UInt32(RuleListsTests.now + 1000 + step)), in: &session)
      }
      var query = Query()
      query.request.now = session.time
      recommender.recommend(query, for: session)
      return recommender.answer.indices.map { place in
        let item = recommender.answer[place]
        return (base.id(item.item).string, item.source == .popularity ? item.rung : nil)
      }
    }
  }

  // MARK: What visitors see

  @Test func whoFulfilsTheRuleSeesWhatItsPeopleLike() throws {
    var log = try Log(Self.phones)
    log.addPeople(fans: 20)
    // Phones that nobody has looked at yet: no other source knows of cases.
    let phones = try log.answer(to: ["p3", "p4", "p5"])
    let (mine, theirs) = (phones.firstIndex { $0.id == "case0" }, phones.firstIndex { $0.id == "mug0" })
    #expect(try phones[#require(mine)].rung == .segment)
    #expect(try #require(mine) < theirs ?? .max)
    // Two phones are not three.
    let two = try log.answer(to: ["p3", "p4"])
    #expect(!two.isEmpty && two.allSatisfy { $0.rung != .segment })
    #expect(
      try #require(two.firstIndex { $0.id == "mug0" }) < two.firstIndex { $0.id == "case0" } ?? .max, "\(two)")
  }

  @Test func theSwitchIsOffByDefault() throws {
    var log = try Log(Self.phones, segments: "minimum_people: 5")
    log.addPeople(fans: 20)
    #expect(try log.favourites().isEmpty)
    #expect(try log.answer(to: ["p3", "p4", "p5"]).allSatisfy { $0.rung != .segment })
  }

  // MARK: Who is in a segment

  @Test func fewPeopleAreNoSegment() throws {
    for (fans, minimum, isKept) in [(4, 5, false), (5, 5, true), (4, 4, true), (9, 10, false)] {
      var log = try Log(Self.phones, segments: "rule_lists: true, minimum_people: \(minimum)")
      log.addPeople(fans: fans)
      // However often one of them comes.
      for visit in 0..<20 { log.visit("fan0", ["p0", "p1", "p2", "case0"], at: Self.now - 50 * visit) }
      #expect(try (log.train().models.ruleLists[0] != nil) == isKept, "\(fans) of \(minimum)")
    }
  }

  /// In a segment of enough people, what four of them did does not show; what five did, does.
  @Test func whatFewDidDoesNotShow() throws {
    for fans in [4, 5] {
      var log = try Log(Self.phones)
      log.addPeople(fans: 20)
      for fan in 0..<fans {
        for _ in 0..<50 { log.visit("fan\(2 * fan)", ["case5"], at: Self.now - 10) }
      }
      #expect(try log.favourites() == [0: fans == 5 ? "case5" : "case0"])
    }
  }

  @Test func onlyTheTrendingWindowCounts() throws {
    for (age, isKept) in [(25, true), (35, false)] {
      var log = try Log(Self.phones)
      log.addPeople(fans: 20, age: age * Self.day)
      #expect(try log.train().models.ruleLists.isEmpty != isKept)
    }
  }

  /// A person may be in several segments, and comes back with what they did before, as with their token.
  @Test func segmentsOverlapAndVisitorsReturn() throws {
    var log = try Log(
      Self.phones + """

        - id: returning
          when: { visits: { at_least: 2, within: 24h } }
          then: { join: Returning }
        - id: nobody
          when: { count: { event: rate, at_least: 3, within: 24h } }
          then: { join: Nobody }
        """)
    log.addPeople(fans: 20)
    for fan in 0..<8 {
      log.visit("fan\(2 * fan)", ["case4", "case4"], at: Self.now - 700 + 7200)
      // Too late for the rule.
      log.visit("other\(fan)", ["mug4"], at: Self.now - 20 * Self.day)
    }
    #expect(try log.favourites() == [0: "case0", 1: "case4"])
  }

  // MARK: Builds

  /// Without rules, or with rules that join nothing, nothing changes.
  @Test func withoutRulesTheBytesAreTheSame() throws {
    let boosting =
      "- { id: b, when: { visits: { at_least: 2, within: 1h } }, then: { boost: { category: Books, by: 1 } } }"
    for rules in ["", boosting] {
      let files = try ["rule_lists: true", "rule_lists: false"].map { segments in
        var log = try Log(rules, segments: segments)
        log.addPeople(fans: 20)
        let (models, plan, _) = try log.train()
        let folder = try TemporaryFolder()
        let snapshot = try SnapshotBuilder(models, plan, log.shop.configuration, directory: folder.path).build()
        return try snapshot.files.map { try Data(contentsOf: URL(filePath: $0.path)) }
      }
      #expect(files[0] == files[1])
    }
  }

  /// What is later than the models' moment has no part in the lists.
  @Test func laterEventsDoNotCount() throws {
    var log = try Log(Self.phones)
    log.addPeople(fans: 20)
    let before = try log.train().models
    log.shop.configuration.asOf = .time(before.asOf)
    for person in 0..<60 {
      log.visit("later\(person)", ["p0", "p1", "p2", "mug0"], at: Int(before.asOf) + 1 + person)
    }
    #expect(try log.train().models.ruleLists == before.ruleLists)
    #expect(!before.ruleLists.isEmpty)
  }

  /// The indexes that rankers learn on have the lists too, so rankers learn what they are worth; on any number of threads the same.
  @Test func rankersLearnFromThem() throws {
    func rankers(_ segments: String, threads: Int = 2) throws -> TrainedModels {
      var log = try Log(Self.phones, segments: segments, trees: 10)
      var random = SeededGenerator(3)
      for person in 0..<500 {
        let (looked, bought) = person % 2 == 0 ? ("p", "case") : ("b", "mug")
        let items = (0..<3).map { _ in "\(looked)\(random.below(6))" }
        log.visit(nil, items + ["\(bought)\(random.below(3))"], at: Self.now - 3600 * person)
      }
      return try log.train(threads: threads).models
    }
    let with = try rankers("rule_lists: true")
    let without = try rankers("rule_lists: false")
    let single = try rankers("rule_lists: true", threads: 1)
    #expect(!with.rankers.isEmpty && with.rankers.keys == without.rankers.keys)
    #expect(with.rankers != without.rankers)
    #expect(single.rankers == with.rankers && single.ruleLists == with.ruleLists)
  }
}
