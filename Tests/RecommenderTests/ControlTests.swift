import Configuration
import EventLog
import Recommender
import Session
import SnapshotFormat
import TestSupport
import Testing

/// What a request says beside its session: filters, caps, groups, the dial of diversity, pins, boosts. The oracle is the catalogue.
@Suite struct ControlTests {
  /// The planted shop, with groups of variants and things that are not sold everywhere.
  static let shop: BuiltShop = {
    var shop = PlantedShop()
    for (id, group) in groups { shop.catalogue += "{\"item_id\":\"\(id)\",\"group\":\"\(group)\"}\n" }
    for (id, regions) in regions { shop.catalogue += "{\"item_id\":\"\(id)\",\"regions\":\"\(regions)\"}\n" }
    do { return try BuiltShop(shop) } catch { fatalError("\(error)") }
  }()
  static let groups = ["0-0": "a", "0-1": "a", "0-2": "a", "1-0": "b", "2-0": "b", "3-0": "c", "3-1": "c"]
  static let regions = ["0-4": "north", "1-1": "isles|south", "2-1": "isle-a", "3-2": "nowhere else"]
  let shop = Self.shop
  var items: [String: Catalogue.Item] {
    Dictionary(uniqueKeysWithValues: zip(shop.models.itemIDs, shop.models.catalogue.items))
  }

  // MARK: Filters

  /// A filter in words and as a query.
  struct Wish {
    var category: String?
    var brand: String?
    var tag: String?
    var prices: ClosedRange<UInt32> = 0...UInt32.max

    init(_ random: inout SeededGenerator) {
      if random.once(in: 3) { category = ["Home", "Home > Kitchen", "Toys"][random.below(3)] }
      if random.once(in: 3) { brand = "brand \(random.below(3))" }
      if random.once(in: 3) { tag = ["tag 1", "block 3", "color=red", "color=green"][random.below(4)] }
      if random.once(in: 3) {
        let lowest = UInt32(100 + random.below(300))
        prices = lowest...lowest + UInt32(random.below(200))
      }
    }

    func control(_ query: inout Query, _ base: BaseSnapshot) {
      let keys = [
        category.flatMap { name in
          name.withView { base.category(named: $0) }.map { AttributeKey(.category, UInt32($0)) }
        },
        brand.flatMap { name in name.withView { base.brand(named: $0) }.map { AttributeKey(.brand, UInt32($0)) } },
        tag.flatMap { name in name.withView { base.tag(named: $0) }.map { AttributeKey(.tag, UInt32($0)) } },
      ]
      for key in keys.compactMap({ $0 }) { query.adjustments.append(Adjustment(.exclude, key)) }
      (query.lowest, query.highest) = (prices.lowerBound, prices.upperBound)
    }

    func admits(_ item: Catalogue.Item) -> Bool {
      let isRanged = prices != 0...UInt32.max
      return !(category.map { item.category == $0 || item.category.hasPrefix($0 + " >") } ?? false)
        && !(brand.map { item.brand == $0 } ?? false) && !(tag.map(item.tags.contains) ?? false)
        && (!isRanged || item.price.map(prices.contains) ?? false)
    }
  }

  static func isSold(_ id: String, in region: String) -> Bool {
    let isles = ["isle-a", "isle-b", "isles"]
    guard let regions = regions[id], !region.isEmpty else { return true }
    return regions.split(separator: "|").contains { $0 == region || $0 == "isles" && isles.contains(region) }
  }

  /// Groups of the page's item, and of what is in the cart or bought.
  static func takenGroups(_ request: Request) -> Set<String> {
    var taken = request
    taken.excluded = []
    return Set(taken.refused.compactMap { groups[$0] })
  }

  /// Over random requests: nothing that is filtered comes, no two variants, and all that is admitted does where the answer has room.
  @Test func whatIsFilteredNeverComes() throws {
    let recommender = try shop.recommender()
    let base = try recommender.requireBase()
    let items = items
    let shown = Set((0..<base.shown).map { base.id($0).string })
    var random = SeededGenerator(11)
    var (narrow, empty) = (0, 0)
    for _ in 0..<8_000 {
      let wish = Wish(&random)
      var request = Request.random(shop.models.itemIDs, &random)
      request.control = { wish.control(&$0, $1) }
      let refused = request.refused
      let takenGroups = Self.takenGroups(request)
      let admitted = shown.subtracting(refused).filter { id in
        wish.admits(items[id]!) && Self.isSold(id, in: request.region)
          && !(Self.groups[id].map(takenGroups.contains) ?? false)
      }
      let possible = Set(admitted.map { Self.groups[$0] ?? "alone " + $0 }).count
      let answer = request.answer(by: recommender)
      #expect(answer.allSatisfy { admitted.contains($0.id) })
      let groups = answer.compactMap { Self.groups[$0.id] }
      #expect(Set(groups).count == groups.count)
      #expect(answer.count == min(request.limit, possible), "\(request) \(wish)")
      if possible < 10 { narrow += 1 }
      if possible == 0 { empty += 1 }
    }
    #expect(narrow > 500 && empty > 0)
  }

  // MARK: Caps and diversity

  @Test func noCapIsExceededAndNoAnswerIsEmpty() throws {
    let recommender = try shop.recommender()
    let items = items
    var random = SeededGenerator(12)
    for _ in 0..<3_000 {
      var request = Request.random(shop.models.itemIDs, &random)
      let (category, brand, dial) = (random.below(4), random.below(4), random.below(101))
      request.excluded = []
      request.control = { query, _ in
        (query.perCategory, query.perBrand, query.diversity) = (UInt8(category), UInt8(brand), UInt8(dial))
      }
      let answer = request.answer(by: recommender)
      #expect(!answer.isEmpty && Set(answer.map(\.id)).count == answer.count)
      for (cap, attribute) in [(category, \Catalogue.Item.category), (brand, \.brand)] where cap > 0 {
        let counts = Dictionary(answer.map { (items[$0.id]![keyPath: attribute], 1) }, uniquingKeysWith: +)
        #expect(counts.allSatisfy { $0.key.isEmpty || $0.value <= cap })
      }
      request.control = { _, _ in }
      let plain = request.answer(by: recommender)
      #expect(answer[0] == plain[0], "the best has nothing above it that it could be like")
    }
  }

  @Test func withTheDialAtZeroItIsThePlainBest() throws {
    let shop = BuiltShop.planted
    let recommender = try shop.recommender()
    var random = SeededGenerator(13)
    for _ in 0..<2_000 {
      var request = Request.random(shop.models.itemIDs, &random)
      let plain = request.answer(by: recommender)
      request.control = { query, _ in (query.diversity, query.perCategory, query.perBrand) = (0, 0, 0) }
      #expect(request.answer(by: recommender) == plain)
      // Caps that bind nothing: the greedy choice is the same order.
      request.control = { query, _ in (query.perCategory, query.perBrand) = (100, 100) }
      #expect(request.answer(by: recommender) == plain)
    }
  }

  @Test func theDialBringsInOtherKinds() throws {
    let recommender = try shop.recommender()
    let items = items
    func categories(_ dial: UInt8) -> Int {
      PlantedShop.blocks.joined().reduce(0) { sum, id in
        var request = Request(context: .product, limit: 4, current: id)
        request.control = { query, _ in query.diversity = dial }
        return sum + Set(request.answer(by: recommender).map { items[$0.id]!.category }).count
      }
    }
    let counts = [0, 30, 60, 100].map { categories(UInt8($0)) }
    #expect(counts == counts.sorted() && counts[3] > 2 * counts[0], "\(counts)")
  }

  // MARK: Pins and boosts

  @Test func pinsStandAtTheirPlaces() throws {
    let recommender = try shop.recommender()
    let base = try recommender.requireBase()
    var random = SeededGenerator(14)
    for _ in 0..<3_000 {
      var request = Request.random(shop.models.itemIDs, &random)
      let pins = (0..<1 + random.below(3)).map { (item: UInt32(random.below(Int(base.items))), position: $0 * 2) }
      let isSponsored = random.once(in: 2)
      request.control = { query, _ in
        for pin in pins {
          query.adjustments.append(
            Adjustment(
              isSponsored ? .sponsor : .pin, AttributeKey(.item, pin.item), position: UInt8(pin.position)))
        }
      }
      let answer = request.answer(by: recommender)
      let refused = request.refused
      let takenGroups = Self.takenGroups(request)
      for pin in pins where pins.first(where: { $0.item == pin.item })! == pin && pin.position < request.limit {
        let id = base.id(pin.item).string
        let isAdmitted =
          pin.item < base.shown && !refused.contains(id) && Self.isSold(id, in: request.region)
          && !(Self.groups[id].map(takenGroups.contains) ?? false)
        let places = answer.indices.filter { answer[$0].id == id }
        #expect(places == (isAdmitted ? [min(pin.position, answer.count - 1)] : []) || answer.count <= pin.position)
        #expect(places.allSatisfy { answer[$0].slot == (isSponsored ? .sponsored : .pinned) })
      }
      #expect(answer.count { $0.slot != .ranked } <= pins.count && Set(answer.map(\.id)).count == answer.count)
    }
  }

  @Test func boostsRaiseAndBuryWithoutChangingScores() throws {
    let recommender = try shop.recommender()
    let items = items
    for id in PlantedShop.blocks.joined() {
      var request = Request(context: .product, limit: 100, current: id)
      let plain = request.answer(by: recommender)
      let scores = Dictionary(uniqueKeysWithValues: plain.map { ($0.id, $0.score) })
      for amount in [100, -100] as [Float] {
        request.control = { query, base in
          let brand = "brand 1".withView { base.brand(named: $0) }!
          query.adjustments.append(Adjustment(.boost, AttributeKey(.brand, UInt32(brand)), amount: amount))
        }
        let answer = request.answer(by: recommender)
        #expect(answer.allSatisfy { $0.score == scores[$0.id] ?? $0.score })
        let isBranded = answer.map { items[$0.id]!.brand == "brand 1" }
        #expect(isBranded == isBranded.sorted { amount > 0 ? $0 && !$1 : !$0 && $1 })
        #expect(isBranded.contains(true) && isBranded.contains(false))
      }
    }
  }

  // MARK: Recipes

  private static func built(_ yaml: String) throws -> BuiltShop {
    var shop = PlantedShop()
    shop.configuration.contexts = try Configuration(yaml: yaml).contexts
    return try BuiltShop(shop)
  }

  @Test func recipesHoldForTheirContext() throws {
    let shop = try Self.built(
      """
      contexts:
        homepage: { exclude: [seen], leave_out: [{ brand: brand 0 }], pin: [{ item: 2-5, position: 2 }] }
        product: { only_category: true, price_from: 0.9, price_to: 1.1, max_per_brand: 2 }
        cart: { exclude: [], diversity: 0.5, sponsored: [{ item: 1-5, position: 1 }], sources: { slist: 0, popularity: 7 } }
      """)
    let items = Dictionary(uniqueKeysWithValues: zip(shop.models.itemIDs, shop.models.catalogue.items))
    let recommender = try shop.recommender()
    let session: [(item: String, type: EventType)] = [("1-0", .view), ("1-2", .addToCart), ("1-4", .purchase)]
    let home = Request(limit: 20, session: session).answer(by: recommender)
    #expect(home[1].id == "2-5" && home[1].slot == .pinned)
    #expect(home.allSatisfy { items[$0.id]!.brand != "brand 0" && $0.id != "1-0" } && home.count == 20)
    #expect(!home.contains { $0.id == "1-4" }, "a purchase shows interest")

    let product = Request(context: .product, limit: 20, current: "1-5", session: session).answer(by: recommender)
    let price = Double(items["1-5"]!.price!)
    #expect(product.allSatisfy { items[$0.id]!.category == PlantedShop.categories[1] && !$0.id.isEmpty })
    #expect(product.allSatisfy { (0.9 * price...1.1 * price).contains(Double(items[$0.id]!.price!)) })
    let brands = Dictionary(product.map { (items[$0.id]!.brand, 1) }, uniquingKeysWith: +)
    #expect(!brands.isEmpty && brands.values.allSatisfy { $0 <= 2 })

    let cart = Request(context: .cart, limit: 60, session: session).answer(by: recommender)
    #expect(cart[0].id == "1-5" && cart[0].slot == .sponsored)
    #expect(Set(["1-2", "1-4"]).isSubset(of: cart.map(\.id)))
  }

  /// Names that the shop does not have are told, and say nothing.
  @Test func unknownNamesAreTold() throws {
    let shop = try Self.built(
      "contexts:\n  search:\n    n: 3\n    boost:\n      - { brand: nobody, by: 1 }\n      - { tag: tag 1, by: 1 }\n")
    #expect(shop.snapshot.unknownNames.map(\.description) == ["martlet.yaml:5: no brand \"nobody\""])
    let recommender = try shop.recommender()
    let base = try recommender.requireBase()
    let (search, cart) = (base.recipe(.search).limit, base.recipe(.cart))
    #expect(search == 3 && cart == Recipe())
  }
}
