import Configuration
import Recommender
import Session
import SnapshotFormat
import TestSupport
import Testing

/// The rules that every shop thinks of first, as they are said.
@Suite struct SeedExampleTests {
  static let built: BuiltShop = {
    let rules = """
      rules:
        - id: electronics
          when: { count: { event: view, category: Smartphones, at_least: 3, within: 24h } }
          then: { join: Electronics Enthusiasts, boost: { category: Electronics, by: 0.5 } }
        - id: luxury
          when: { count: { event: view, price: high, at_least: 3, distinct: items, within: 10m } }
          then: { join: Luxury Shoppers, bury: { tag: new } }
        - id: cart
          when: { absence: { of: { event: purchase }, after: { event: add_to_cart }, for: 15m } }
          then: { offer: { code: CART10, valid: 30m } }
        - id: undecided
          when:
            all:
              - count: { event: view, category: Lamps, at_least: 1, within: 7d }
              - count: { event: purchase, category: Lamps, at_most: 0, within: 90d }
          then: { join: Undecided on lamps, pin: { item: h0, position: 2 } }
        - id: regular
          when: { count: { event: purchase, brand: brand 1, at_least: 3, within: 30d } }
          then: { join: Regulars }
        - id: returning
          when: { visits: { at_least: 2, within: 24h } }
          then: { join: Returning Visitors }
      """
    do { return try BuiltShop(RuleShop.shop(rules)) } catch { fatalError("the shop cannot be built: \(error)") }
  }()

  static let start: UInt32 = 1_800_000_000
  static let (minute, hour, day): (UInt32, UInt32, UInt32) = (60, 3600, 86_400)

  /// What follows at `start + after` from events at their seconds after `start`.
  private func outcome(
    _ events: [(UInt32, EventType, String)], after: UInt32
  ) throws -> (segments: Set<String>, offers: [UInt32], adjustments: [Adjustment]) {
    let recommender = try Self.built.recommender()
    let past = events.map { Happening(item: $0.2, type: $0.1, time: Self.start + $0.0) }
    let session = try recommender.session(past, now: Self.start + after)
    var query = Query()
    query.request.now = Self.start + after
    recommender.recommend(query, for: session)
    let rules = try #require(recommender.snapshots.base?.rules)
    var segments: Set<String> = []
    for segment in 0..<RuleTable.segmentsMax where recommender.rules.segments[segment] != RuleStep.never {
      segments.insert(rules.segmentName(segment).string)
    }
    var (offers, adjustments): ([UInt32], [Adjustment]) = ([], [])
    for index in recommender.rules.offers.indices {
      offers.append(recommender.rules.offers[index].expires - Self.start)
    }
    for index in recommender.rules.adjustments.indices { adjustments.append(recommender.rules.adjustments[index]) }
    return (segments, offers, adjustments)
  }

  @Test func threeViewsInSmartphonesWithinADay() throws {
    let views: [(UInt32, EventType, String)] = [
      (0, .view, "s0"), (Self.hour, .view, "s1"), (2 * Self.hour, .view, "s0"),
    ]
    #expect(try !outcome(Array(views.prefix(2)), after: 3 * Self.hour).segments.contains("Electronics Enthusiasts"))
    let found = try outcome(views, after: 2 * Self.hour)
    #expect(found.segments.contains("Electronics Enthusiasts"))
    #expect(found.adjustments.count == 1 && found.adjustments[0].kind == .boost && found.adjustments[0].amount == 0.5)
    #expect(found.adjustments[0].key.kind == .category)
    #expect(try outcome(views, after: Self.day).segments.contains("Electronics Enthusiasts"))
    #expect(try !outcome(views, after: Self.day + 1).segments.contains("Electronics Enthusiasts"))
    let laptops: [(UInt32, EventType, String)] = [
      (0, .view, "s0"), (1, .view, "l0"), (2, .view, "s0"), (3, .click, "s1"),
    ]
    #expect(try !outcome(laptops, after: 4).segments.contains("Electronics Enthusiasts"))
  }

  @Test func threeHighEndProductsWithinTenMinutes() throws {
    // The dearest third of each category are places 6 to 8.
    let dear: [(UInt32, EventType, String)] = [(0, .view, "s6"), (60, .view, "l7"), (600, .view, "h8")]
    let found = try outcome(dear, after: 600)
    #expect(found.segments.contains("Luxury Shoppers"))
    #expect(found.adjustments.contains { $0.kind == .boost && $0.amount == -100 && $0.key.kind == .tag })
    #expect(try !outcome(dear, after: 601).segments.contains("Luxury Shoppers"))
    let cheaper: [(UInt32, EventType, String)] = [(0, .view, "s6"), (60, .view, "l5"), (600, .view, "h8")]
    #expect(try !outcome(cheaper, after: 600).segments.contains("Luxury Shoppers"))
    let same: [(UInt32, EventType, String)] = [(0, .view, "s6"), (60, .view, "s6"), (600, .view, "h8")]
    #expect(try !outcome(same, after: 600).segments.contains("Luxury Shoppers"))
  }

  @Test func aCartWithoutPurchaseInFifteenMinutes() throws {
    let cart: [(UInt32, EventType, String)] = [(0, .addToCart, "s0"), (60, .addToCart, "s1")]
    #expect(try outcome(cart, after: 899).offers == [])
    #expect(try outcome(cart, after: 900).offers == [2700])
    #expect(try outcome(cart, after: 2699).offers == [2700])
    #expect(try outcome(cart, after: 2700).offers == [])
    let bought = cart + [(600, .purchase, "s0")]
    #expect(try outcome(bought, after: 1000).offers == [])
    let again = bought + [(700, .addToCart, "h0")]
    #expect(try outcome(again, after: 1600).offers == [3400])
  }

  @Test func aCategoryLookedAtAndNeverBought() throws {
    let found = try outcome([(0, .view, "h1")], after: 10)
    #expect(found.segments.contains("Undecided on lamps"))
    #expect(found.adjustments.contains { $0.kind == .pin && $0.position == 1 && $0.key.kind == .item })
    #expect(try !outcome([(0, .view, "h1"), (5, .purchase, "h2")], after: 10).segments.contains("Undecided on lamps"))
    #expect(try outcome([(0, .view, "h1"), (5, .purchase, "s2")], after: 10).segments.contains("Undecided on lamps"))
    #expect(try !outcome([(0, .view, "s1")], after: 10).segments.contains("Undecided on lamps"))
    // A purchase of a month ago has long left the signals.
    let old: [(UInt32, EventType, String)] = [(0, .purchase, "h2"), (30 * Self.day, .view, "h1")]
    #expect(try !outcome(old, after: 30 * Self.day + 60).segments.contains("Undecided on lamps"))
  }

  @Test func highPurchaseFrequencyInALine() throws {
    let purchases: [(UInt32, EventType, String)] = [
      (0, .purchase, "s1"), (10 * Self.day, .purchase, "l4"), (20 * Self.day, .purchase, "h7"),
    ]
    #expect(try outcome(purchases, after: 20 * Self.day).segments.contains("Regulars"))
    #expect(try outcome(purchases, after: 30 * Self.day).segments.contains("Regulars"))
    #expect(try !outcome(purchases, after: 30 * Self.day + 1).segments.contains("Regulars"))
    let others: [(UInt32, EventType, String)] = [(0, .purchase, "s1"), (1, .purchase, "l5"), (2, .purchase, "h7")]
    #expect(try !outcome(others, after: 10).segments.contains("Regulars"))
  }

  @Test func aSecondVisitWithinADay() throws {
    let visit: [(UInt32, EventType, String)] = [(0, .view, "s1"), (600, .view, "l1")]
    #expect(try !outcome(visit, after: 700).segments.contains("Returning Visitors"))
    // The request itself begins a visit.
    #expect(try outcome(visit, after: 600 + Session.pause).segments.contains("Returning Visitors"))
    let second = visit + [(5 * Self.hour, .view, "s2")]
    #expect(try outcome(second, after: 5 * Self.hour + 60).segments.contains("Returning Visitors"))
    #expect(try outcome(second, after: Self.day).segments.contains("Returning Visitors"))
    #expect(try !outcome([(0, .view, "s1")], after: 2 * Self.day).segments.contains("Returning Visitors"))
  }
}
