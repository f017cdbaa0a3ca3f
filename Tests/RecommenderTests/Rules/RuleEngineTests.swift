import Bytes
import Configuration
import Foundation
import Recommender
import Session
import SnapshotFormat
import SnapshotWriter
import TestSupport
import Testing

/// The engine over words of signals against rules judged by going through all that happened.
@Suite struct RuleEngineTests {
  static let now: UInt32 = 1_800_000_000

  /// The moments since when each of `conditions` has held, by the engine.
  static func judged(
    _ conditions: [PlainCondition], _ recommender: Recommender, _ past: [Happening], now: UInt32
  ) throws -> [UInt32?] {
    let text = conditions.enumerated().map { number, condition in
      "  - { id: r\(number), when: \(condition.yaml), then: { join: S\(number % 64) } }\n"
    }
    let rules = try Configuration(yaml: "rules:\n" + text.joined()).rules
    let compiled = try CompiledRules(rules, RuleShop.names(recommender), isStrict: true)
    let bytes = OwnedBytes(copying: compiled.bytes)
    let table = try withExtendedLifetime(bytes) { try #require(RuleTable.read(bytes.view)) }
    let session = try recommender.session(past, now: now)
    var query = Query()
    query.request.now = now
    guard let trial = RuleTrial(table, recommender, query, for: session) else { throw NotOpen() }
    return (0..<conditions.count).map { trial.engine.rules[$0] == RuleStep.never ? nil : trial.engine.rules[$0] }
  }

  static func past(_ count: Int, _ random: inout SeededGenerator) -> [Happening] {
    let types: [EventType] = [.view, .view, .view, .addToCart, .purchase, .removeFromCart]
    var times: [UInt32] = []
    for _ in 0..<count { times.append(now - UInt32(random.below([300, 4000, 80_000][random.below(3)]))) }
    return times.sorted().map { time in
      let item = random.once(in: 9) ? "unknown \(random.below(3))" : RuleShop.ids[random.below(RuleShop.ids.count)]
      return Happening(item: item, type: types[random.below(types.count)], time: time)
    }
  }

  @Test(arguments: 0..<8) func theEngineAgreesWithThePlainJudge(seed: Int) throws {
    var random = SeededGenerator(UInt64(seed))
    let recommender = try RuleShop.built.recommender()
    var (held, failed) = (0, 0)
    for _ in 0..<60 {
      let past = Self.past(random.below(Session.signalsMax + 1), &random)
      let conditions = (0..<12).map { _ in PlainCondition.random(&random) }
      let found = try Self.judged(conditions, recommender, past, now: Self.now)
      for (condition, since) in zip(conditions, found) {
        let expected = condition.since(past, Self.now)
        #expect(since == expected, "\(condition.yaml) over \(past)")
        if expected == nil { failed += 1 } else { held += 1 }
      }
    }
    #expect(held > 100 && failed > 100, "\(held) held, \(failed) did not: the test says little")
  }

  /// Counts and absences go on where signals have fallen out of the session, as long as there is room for their marks.
  @Test(arguments: 0..<20) func marksOutliveSignals(seed: Int) throws {
    var random = SeededGenerator(UInt64(100 + seed))
    let recommender = try RuleShop.withMarks.recommender()
    let day: UInt32 = 86_400
    var past: [Happening] = []
    // A purchase every other day for a month, and then one long day of looking around.
    for step in 0..<9 as Range<UInt32> {
      past.append(
        Happening(item: "s\(random.below(9))", type: .purchase, time: Self.now - 40 * day + 2 * day * step))
    }
    for step in 0..<UInt32(60 + random.below(30)) {
      past.append(Happening(item: "h1", type: .view, time: Self.now - 5000 + 10 * step))
    }
    let purchases = PlainCondition.Events(types: [.purchase], category: "Electronics > Smartphones")
    let session = try recommender.session(past, now: Self.now)
    var query = Query()
    query.request.now = Self.now
    let table = try #require(recommender.snapshots.base?.rules)
    guard let trial = RuleTrial(table, recommender, query, for: session) else { throw NotOpen() }
    for (rule, least) in [3, 4, 5, 8, 9].enumerated() {
      let expected = PlainCondition.count(purchases, least: least, most: nil, within: 30 * day).since(past, Self.now)
      #expect(
        (trial.engine.rules[rule] == RuleStep.never ? nil : trial.engine.rules[rule]) == expected, "at least \(least)")
    }
    let never = PlainCondition.count(
      PlainCondition.Events(types: [.purchase], category: "Electronics > Laptops"), least: nil, most: 0,
      within: 60 * day)
    #expect(trial.engine.rules[5] == never.since(past, Self.now))
  }

  /// Impressions leave a full session before what is older: their marks are then newer than signals.
  @Test func marksMayBeNewerThanSignals() throws {
    var past = (0..<10).map { Happening(item: "s1", type: .view, time: Self.now - 1000 + $0) }
    past += (0..<UInt32(Session.signalsMax)).map {
      Happening(item: "l1", type: .impression, time: Self.now - 900 + $0)
    }
    let both = PlainCondition.Events(types: [.view, .impression])
    let conditions =
      [1, 9, 10, 11, 12, 25, 60, 64].map { PlainCondition.count(both, least: $0, most: nil, within: 2000) }
      + [
        .absence(of: .init(types: [.view]), after: .init(types: [.impression]), wait: 100, within: 2000),
        .absence(of: .init(types: [.impression]), after: .init(types: [.view]), wait: 100, within: 2000),
      ]
    let shop = try BuiltShop(
      RuleShop.shop(
        "rules:\n"
          + conditions.enumerated().map { "  - { id: r\($0), when: \($1.yaml), then: { join: S } }\n" }.joined()))
    let recommender = try shop.recommender()
    let session = try recommender.session(past, now: Self.now)
    var query = Query()
    query.request.now = Self.now
    recommender.recommend(query, for: session)
    for (number, condition) in conditions.enumerated() {
      let since = recommender.rules.rules[number]
      #expect((since == RuleStep.never ? nil : since) == condition.since(past, Self.now), "\(condition.yaml)")
    }
  }

  @Test func conditionsOnTheRequestHoldWhereItFits() throws {
    let text = """
      rules:
        - { id: region, when: { context: { region: [north, south] } }, then: { join: A } }
        - { id: device, when: { context: { device: mobile } }, then: { join: A } }
        - { id: referrer, when: { context: { referrer: [ads, email] } }, then: { join: A } }
        - { id: page, when: { context: { page: cart } }, then: { join: A } }
        - { id: day, when: { context: { days: [sat, sun] } }, then: { join: A } }
        - { id: evening, when: { context: { time: { from: "18:00", to: "24:00" } } }, then: { join: A } }
        - { id: night, when: { context: { time: { from: "22:00", to: "6:00" } } }, then: { join: A } }
        - { id: office, when: { not: { context: { time: { from: "9:00", to: "17:00" } } } }, then: { join: A } }
      """
    let recommender = try RuleShop.built.recommender()
    let compiled = try CompiledRules(
      Configuration(yaml: text).rules, RuleShop.names(recommender), isStrict: true)
    let bytes = OwnedBytes(copying: compiled.bytes)
    let table = try withExtendedLifetime(bytes) { try #require(RuleTable.read(bytes.view)) }
    // 1 January 2028, a Saturday.
    let midnight: UInt32 = 1_830_297_600
    func held(_ change: (inout Query) -> Void) throws -> Set<String> {
      var query = Query()
      query.request.now = midnight + 12 * 3600
      change(&query)
      let session = Session()
      guard let trial = RuleTrial(table, recommender, query, for: session) else { throw NotOpen() }
      return Set(
        compiled.rules.indices.filter { trial.engine.rules[$0] != RuleStep.never }.map { compiled.rules[$0].id })
    }
    #expect(try held { _ in } == ["day"])
    #expect(try held { $0.request.device = .mobile } == ["day", "device"])
    #expect(try held { $0.request.device = .tablet } == ["day"])
    #expect(try held { $0.request.referrer = .email } == ["day", "referrer"])
    #expect(try held { $0.request.referrer = .search } == ["day"])
    #expect(try held { $0.context = .cart } == ["day", "page"])
    #expect(try "south".withView { view in try held { $0.region = view } } == ["day", "region"])
    #expect(try "east".withView { view in try held { $0.region = view } } == ["day"])
    #expect(try held { $0.request.now = midnight + 48 * 3600 + 12 * 3600 } == [])
    #expect(try held { $0.request.now = midnight + 18 * 3600 } == ["day", "evening", "office"])
    #expect(try held { $0.request.now = midnight + 23 * 3600 } == ["day", "evening", "night", "office"])
    #expect(try held { $0.request.now = midnight + 5 * 3600 } == ["day", "night", "office"])
    #expect(try held { $0.request.now = midnight + 6 * 3600 } == ["day", "office"])
    // Two hours east it is Saturday, and late, two hours before.
    #expect(
      try held {
        $0.request.now = midnight - 2 * 3600
        $0.request.zoneMinutes = 120
      } == ["day", "night", "office"])
  }

  /// Rules are judged in their order, and see segments as those above have left them.
  @Test func segmentsAreJoinedAndLeft() throws {
    let view = "count: { event: view, category: Lamps, at_least: 1, within: 1h }"
    let cart = "count: { event: add_to_cart, at_least: 1, within: 1h }"
    let text = """
      rules:
        - { id: join, when: { \(view) }, then: { join: Lamp Lovers } }
        - { id: leave, when: { \(cart) }, then: { leave: Lamp Lovers } }
        - { id: inside, when: { segment: lamp-lovers }, then: { join: { id: b, name: B } } }
        - { id: outside, when: { not: { segment: Lamp Lovers } }, then: { join: C } }
      """
    let recommender = try BuiltShop(RuleShop.shop(text)).recommender()
    func segments(_ past: [Happening]) throws -> [String] {
      let session = try recommender.session(past, now: Self.now)
      var query = Query()
      query.request.now = Self.now
      recommender.recommend(query, for: session)
      let table = try #require(recommender.snapshots.base?.rules)
      return (0..<4).filter { recommender.rules.segments[$0] != RuleStep.never }.map { table.segmentCode($0).string }
    }
    let look = Happening(item: "h0", type: .view, time: Self.now - 60)
    let take = Happening(item: "s0", type: .addToCart, time: Self.now - 30)
    #expect(try segments([]) == ["c"])
    #expect(try segments([look]) == ["lamp-lovers", "b"])
    #expect(try segments([look, take]) == ["c"])
    #expect(try segments([take]) == ["c"])
  }

  @Test func aHundredRulesFit() throws {
    let rules = (0..<256).map { number in
      "  - { id: r\(number), when: { count: { event: view, item: \(RuleShop.ids[number % 27]), at_least: \(1 + number / 27), within: \(1 + number / 5)m } }, then: { boost: { item: s1, by: 1 } } }\n"
    }
    let recommender = try BuiltShop(RuleShop.shop("rules:\n" + rules.joined())).recommender()
    #expect(recommender.snapshots.base?.rules?.count == 256)
  }
}

extension RuleShop {
  /// With rules on what no session of signals holds.
  static let withMarks: BuiltShop = {
    let counts = [3, 4, 5, 8, 9].map { least in
      "  - { id: p\(least), when: { count: { event: purchase, category: Smartphones, at_least: \(least), within: 30d } }, then: { join: P\(least) } }\n"
    }
    let never =
      "  - { id: never, when: { count: { event: purchase, category: Laptops, at_most: 0, within: 60d } }, then: { join: N } }\n"
    do { return try BuiltShop(shop("rules:\n" + counts.joined() + never)) } catch { fatalError("\(error)") }
  }()
}
