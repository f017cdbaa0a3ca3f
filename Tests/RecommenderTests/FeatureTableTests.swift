import Models
import Recommender
import Session
import SnapshotFormat
import TestSupport
import Testing

/// The rows that a ranker reads, against what the definitions say in Double of the lists that the file holds.
@Suite struct FeatureTableTests {
  static let shop = BuiltShop.planted
  static let stored: StoredItems = {
    do { return try StoredItems(shop) } catch { fatalError("the planted base cannot be read: \(error)") }
  }()

  /// Columns, by the numbers that snapshots hold.
  private enum Column {
    static func evidence(_ kind: Int) -> Range<Int> { 6 * kind..<6 * kind + 6 }
    static let twoSteps = 4
    static let factors = 30..<33
    static let popularity = 33, traffic = 34, confidence = 35, repeatPlace = 36, repeatEvents = 37
    static let newestCategory = 38, newestBrand = 39, categoryShare = 40, brandShare = 41, priceMatch = 42
    static let regionLift = 43, sessionItems = 44, sessionRepeats = 45, newestConfidence = 46
  }

  /// What lists say of an item: their parts, each with the place in the session that it came from.
  private typealias Parts = [UInt32: [(place: Int, part: Double)]]

  @Test func listsSayWhatTheyHold() throws {
    #expect(Self.stored.lists.allSatisfy { lists in lists.contains { !$0.isEmpty } }, "every kind takes part")
    var named = 0
    try Self.forEachRequest(seed: 1) { _, interests, rows in
      for kind in ListKind.allCases {
        let parts = Self.parts(interests, Self.stored.lists[kind.rawValue])
        named += Self.expect(rows, kind.rawValue, parts, interests)
      }
    }
    #expect(named > 4_000)
  }

  /// From the two newest items that have a list, along the sixteen strongest first steps of each.
  @Test func twoStepsAreTheSumOverWhatStandsBetween() throws {
    let rules = Self.stored.lists[ListKind.nextItem.rawValue]
    var named = 0
    try Self.forEachRequest(seed: 2) { request, interests, rows in
      var parts: Parts = [:]
      let sources = interests.items.indices.filter {
        interests.items[$0].weight > 0 && !rules[Int(interests.items[$0].item)].isEmpty
      }
      // Baskets come in no order: nothing follows what follows.
      for place in request.context == .cart || request.context == .afterPurchase ? [] : sources.prefix(2) {
        let interest = interests.items[place]
        let steps = rules[Int(interest.item)].sorted { ($1.weight, $0.item) < ($0.weight, $1.item) }
        for step in steps.prefix(16) {
          for entry in rules[Int(step.item)] {
            parts[entry.item, default: []].append((place, interest.weight * step.weight * entry.weight))
          }
        }
      }
      named += Self.expect(rows, Column.twoSteps, parts, interests)
    }
    #expect(named > 600)
  }

  @Test func sharesAndRanksAreThoseOfTheColumn() throws {
    try Self.forEachRequest(seed: 3) { _, _, rows in
      for kind in 0...Column.twoSteps { Self.expectRanks(rows, Array(Column.evidence(kind).prefix(3))) }
      Self.expectRanks(rows, Array(Column.factors))
    }
  }

  @Test func factorsAreTheProductWithTheSession() throws {
    let stored = Self.stored
    try Self.forEachRequest(seed: 4) { _, interests, rows in
      var session = [Double](repeating: 0, count: stored.factors[0].count)
      for interest in interests.items {
        for (d, value) in stored.factors[Int(interest.item)].enumerated() { session[d] += interest.weight * value }
      }
      // The scorer rounds the session to 8,191 steps either way.
      let step = session.map(abs).max()! / 8191
      for (item, row) in rows {
        let own = stored.factors[Int(item)]
        let expected = zip(session, own).reduce(0) { $0 + $1.0 * $1.1 }
        let most = own.reduce(0) { $0 + abs($1) } * step * 0.51 + 1e-5
        #expect(abs(Double(row[Column.factors.lowerBound]) - expected) <= most)
      }
    }
  }

  /// Against the attributes as the shop was planted.
  @Test func traitsAreComparedWithTheSession() throws {
    let traits = Self.traits()
    let stored = Self.stored
    var matches = 0
    try Self.forEachRequest(seed: 5) { _, interests, rows in
      let profile = interests.items.filter { $0.weight > 0 }.prefix(8).map {
        (traits: traits[stored.ids[Int($0.item)]]!, weight: $0.weight)
      }
      let total = profile.reduce(0) { $0 + $1.weight }
      func share(_ matches: (Traits) -> Bool) -> Double {
        profile.reduce(0) { $0 + (matches($1.traits) ? $1.weight : 0) } / total
      }
      for (item, row) in rows {
        let own = traits[stored.ids[Int(item)]]!
        func expect(_ column: Int, _ value: Double?) {
          #expect(abs(Double(row[column]) - (value ?? -1)) < 1e-5, "\(column) of \(stored.ids[Int(item)])")
        }
        let newest = profile.first?.traits
        let hasCategory = newest != nil && own.category != nil
        let hasBrand = newest != nil && own.brand != nil
        expect(Column.newestCategory, hasCategory ? newest?.category == own.category ? 1 : 0 : nil)
        expect(Column.newestBrand, hasBrand ? newest?.brand == own.brand ? 1 : 0 : nil)
        expect(Column.categoryShare, hasCategory ? share { $0.category == own.category } : nil)
        expect(Column.brandShare, hasBrand ? share { $0.brand == own.brand } : nil)
        if let a = newest?.price, let b = own.price {
          expect(Column.priceMatch, Double(min(a, b)) / Double(max(a, b)))
        } else {
          expect(Column.priceMatch, nil)
        }
        matches += row[Column.newestBrand] == 1 && row[Column.newestCategory] == 0 ? 1 : 0
      }
    }
    #expect(matches > 200)
  }

  @Test func sessionAndItemAreTold() throws {
    let stored = Self.stored
    var repeated = 0
    let recommender = try Self.shop.recommender()
    try Self.forEachRequest(seed: 6) { request, interests, rows in
      let region = request.region.withView { recommender.snapshots.region(serving: $0) }
      let isBasket = request.context == .cart || request.context == .afterPurchase
      for (item, row) in rows {
        #expect(row[Column.traffic] == Float(item))
        #expect(row[Column.confidence] == Float(stored.confidence[Int(item)]))
        #expect(row[Column.regionLift] == region?.lift(of: item) ?? 1)
        #expect(row[Column.popularity] >= 0 && row[Column.popularity] <= 1)
        #expect(row[Column.sessionItems] == Float(interests.items.count))
        #expect(row[Column.sessionRepeats] == Float(interests.events) / Float(max(1, interests.items.count)))
        #expect(row[Column.newestConfidence] == interests.newest.map { Float(stored.confidence[Int($0.item)]) } ?? 0)
        let own = isBasket ? nil : interests.items.first { $0.item == item && $0.weight > 0 }
        #expect(row[Column.repeatPlace] == own.map { Float($0.back) } ?? 255)
        #expect(row[Column.repeatEvents] == Float(own?.events ?? 0))
        repeated += own == nil ? 0 : 1
        #expect(row.allSatisfy { $0.isFinite })
      }
    }
    #expect(repeated > 200)
  }

  /// Whose reason a feature is, by the columns above.
  @Test func everyFeatureHasItsSource() {
    var sources = [Source?](repeating: nil, count: 47)
    for (kind, source) in [Source.slist, .nextItem, .boughtTogether, .content, .twoSteps].enumerated() {
      for feature in Column.evidence(kind) { sources[feature] = source }
    }
    for feature in Column.factors { sources[feature] = .factors }
    for feature in Column.popularity...Column.confidence { sources[feature] = .popularity }
    for feature in Column.repeatPlace...Column.repeatEvents { sources[feature] = .repeats }
    for feature in Column.newestCategory...Column.priceMatch { sources[feature] = .category }
    sources[Column.regionLift] = .region
    #expect(Feature.count == 47 && (0..<47).map { Feature.source($0) } == sources)
    #expect(Feature.source(47) == nil && Feature.source(255) == nil)
  }

  // MARK: Help

  private static func forEachRequest(
    seed: UInt64, _ body: (Request, PlainInterests, [(item: UInt32, row: [Float])]) throws -> Void
  ) throws {
    let recommender = try shop.recommender()
    var random = SeededGenerator(seed)
    for _ in 0..<150 {
      let request = Request.random(shop.models.itemIDs, &random)
      let rows = request.features(by: recommender)
      #expect(!rows.isEmpty && Set(rows.map(\.item)).count == rows.count)
      #expect(Set(rows.map { stored.ids[Int($0.item)] }).isDisjoint(with: request.refused))
      try body(request, PlainInterests(request, stored, shop.weights), rows)
    }
  }

  private static func parts(_ interests: PlainInterests, _ lists: [[(item: UInt32, weight: Double)]]) -> Parts {
    var parts: Parts = [:]
    for (place, interest) in interests.items.enumerated() where interest.weight > 0 {
      for entry in lists[Int(interest.item)] {
        parts[entry.item, default: []].append((place, interest.weight * entry.weight))
      }
    }
    return parts
  }

  /// Strength, newest, largest and support of one kind of evidence.
  /// - Returns: how many rows it names.
  private static func expect(
    _ rows: [(item: UInt32, row: [Float])], _ kind: Int, _ parts: Parts, _ interests: PlainInterests,
    at location: SourceLocation = #_sourceLocation
  ) -> Int {
    for (item, row) in rows {
      let own: [(place: Int, part: Double)] = parts[item] ?? []
      let sum = own.reduce(0) { $0 + $1.part }
      let newestPlace = interests.items.firstIndex { $0.weight > 0 }
      let newest: Double = own.filter { $0.place == newestPlace }.reduce(0) { $0 + $1.part }
      // By session item: steps from one item speak together.
      let byItem = Dictionary(grouping: own, by: \.place).values.map { $0.reduce(0) { $0 + $1.part } }
      let expected: [Int: Double] = [
        0: interests.weight > 0 ? sum / interests.weight : 0, 3: newest, 4: byItem.max() ?? 0,
        5: Double(own.count) / Double(max(1, interests.items.count)),
      ]
      for (aspect, value) in expected {
        let found = Double(row[Column.evidence(kind).lowerBound + aspect])
        #expect(abs(found - value) <= 1e-5 * value + 1e-9, "aspect \(aspect)", sourceLocation: location)
      }
    }
    return rows.count { !(parts[$0.item] ?? []).isEmpty }
  }

  /// Share of the largest, and how many are ahead; of equals the earlier row is.
  private static func expectRanks(_ rows: [(item: UInt32, row: [Float])], _ columns: [Int]) {
    let values = rows.map { $0.row[columns[0]] }
    let largest = values.max() ?? 0
    for (number, row) in rows.enumerated() {
      let value = values[number]
      #expect(row.row[columns[1]] == (value > 0 ? value / largest : 0))
      let ahead = values.indices.count { values[$0] > value || values[$0] == value && $0 < number }
      #expect(row.row[columns[2]] == (value > 0 ? Float(ahead) : 255))
    }
  }

  private struct Traits {
    var category: String?
    var brand: String?
    var price: UInt32?
  }

  private static func traits() -> [String: Traits] {
    var traits: [String: Traits] = [:]
    for (block, items) in PlantedShop.blocks.enumerated() {
      for (place, id) in items.enumerated() {
        traits[id] = Traits(
          category: PlantedShop.categories[block], brand: "brand \(place % 3)",
          price: PlantedShop.price(block: block, place: place))
      }
    }
    for id in PlantedShop.catalogueOnly { traits[id] = Traits(category: "Toys") }
    for id in PlantedShop.never { traits[id] = Traits(category: "Services", price: 500) }
    return traits
  }
}
