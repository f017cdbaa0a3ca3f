import EventLog
import Foundation
import Models
import Session
import Testing

@Suite struct DecayedPopularityTests {
  /// All that a fit takes, with a tree of two groups of two regions.
  private struct Shop {
    var table: EventTable
    var catalogue: Catalogue
    var regions: RegionTree.Parameters = {
      var parameters = RegionTree.Parameters()
      parameters.minimumPeople = 1
      parameters.groups = ["r0": "g", "r1": "g", "r2": "h", "r3": "h"]
      return parameters
    }()
    var parameters = DecayedPopularity.Parameters()
    var asOf: UInt32 = 0

    var people: People { People(table) }
    var tree: RegionTree { RegionTree(table, people: people, parameters: regions) }
    var attributes: ItemAttributes { ItemAttributes(catalogue, itemCount: table.itemIDs.count) }

    func fit(threads: Int = 2) -> DecayedPopularity {
      DecayedPopularity.fit(
        table, people: people, regions: tree, catalogue: catalogue, attributes: attributes, parameters: parameters,
        asOf: asOf, parallelism: Parallelism(threads: threads))
    }
  }

  /// The share of every item in one scope, from the definition.
  private func shares(_ shop: Shop, scope: Int, window: Double?, halfLife: Double, showable: (Int) -> Bool) -> [Double]
  {
    let (table, tree, people) = (shop.table, shop.tree, shop.people)
    func isInside(_ event: Int) -> Bool {
      var at = tree.scope(ofRegion: table.regions[event])
      while at != scope && at != 0 { at = tree.scopes[at].parent }
      return at == scope
    }
    let parent =
      scope == 0
      ? nil : shares(shop, scope: tree.scopes[scope].parent, window: window, halfLife: halfLife, showable: showable)
    let own = (0..<table.itemIDs.count).map { item -> Double in
      guard showable(item) else { return 0 }
      var byPerson: [UInt32: [Double]] = [:]
      for event in 0..<table.count where table.items[event] == item && isInside(event) {
        let age = Double(shop.asOf) - Double(table.times[event])
        let worth = Double(shop.parameters.weights[table.types[event]]) * exp2(-age / halfLife)
        if age >= 0, age < window ?? .infinity, worth > 0 { byPerson[people.ofEvent[event], default: []].append(worth) }
      }
      if scope != 0, byPerson.count < shop.parameters.minimumPeoplePerItem { return 0 }
      return byPerson.values.reduce(0) { total, worths in
        total + worths.sorted(by: >).enumerated().reduce(0) { $0 + $1.element / Double($1.offset + 1) }
      }
    }
    let evidence = own.reduce(0, +)
    let strength = parent == nil ? 0 : shop.parameters.shrinkage
    guard evidence + strength > 0 else { return own }
    return own.indices.map { (own[$0] + strength * (parent?[$0] ?? 0)) / (evidence + strength) }
  }

  private func oracle(_ shop: Shop, scope: Int, showable: (Int) -> Bool) -> [Double] {
    let parameters = shop.parameters
    let trend = shares(
      shop, scope: scope, window: parameters.trendingWindow, halfLife: parameters.trendingHalfLife, showable: showable)
    let all = shares(shop, scope: scope, window: nil, halfLife: parameters.allTimeHalfLife, showable: showable)
    return zip(trend, all).map { (1 - parameters.allTimeShare) * $0 + parameters.allTimeShare * $1 }
  }

  @Test(arguments: 1...4 as ClosedRange<UInt64>)
  func equalsTheFormula(seed: UInt64) {
    var shop = Shop(
      table: randomTable(seed: seed, events: 800, items: 20, sessions: 60, users: 15),
      catalogue: Catalogue(items: 20, never: [2], unavailable: [5]))
    for item in 0..<20 { shop.catalogue.items[item].category = ["a", "a > b", "c", ""][item % 4] }
    shop.asOf = 90_000
    shop.parameters.trendingWindow = 40_000
    shop.parameters.trendingHalfLife = 10_000
    shop.parameters.allTimeHalfLife = 50_000
    shop.parameters.shrinkage = 10
    shop.parameters.minimumPeoplePerItem = UInt32(seed)
    let popularity = shop.fit()
    #expect(shop.tree.scopes.count == 7)
    func showable(_ item: Int) -> Bool { item != 2 && item != 5 }

    let traffic = oracle(shop, scope: 0) { _ in true }
    for (a, b) in zip(popularity.itemPopularity, traffic) { #expect(abs(Double(a) - b) < 1e-6) }

    for list in popularity.lists {
      let scores = oracle(shop, scope: list.scope, showable: showable)
      let members = (0..<20).filter { item in
        showable(item)
          && (list.category.map { shop.attributes.chain(from: shop.attributes.categoryOfItem[item]).contains($0) }
            ?? true)
      }
      #expect(Set(list.items.map(Int.init)) == Set(members))
      for (item, score) in zip(list.items, list.scores) { #expect(abs(Double(score) - scores[Int(item)]) < 1e-6) }
      #expect(zip(list.scores, list.scores.dropFirst()).allSatisfy { $0 >= $1 })
    }
    #expect(popularity.lists.filter { $0.category == nil }.map(\.scope) == Array(0..<7))
    #expect(popularity.lists.filter { $0.scope == 0 }.map(\.category) == [nil, 0, 1, 2])
  }

  /// Region r0 buys item 0, r1 buys item 1, 40 people each.
  private func twoTastes(people: Int = 40) -> Shop {
    var builder = TableBuilder(items: 4, sessions: 2 * people, regions: ["r0", "r1"])
    for session in 0..<2 * people {
      builder.add(item: session % 2, session: session, region: session % 2, .purchase, at: 1000)
      if session % 4 != 0 { builder.add(item: 2, session: session, region: session % 2, .view, at: 1000) }
    }
    var shop = Shop(table: builder.table, catalogue: Catalogue(items: 4), asOf: 1000)
    shop.regions.groups = [:]
    shop.parameters.shrinkage = 50
    return shop
  }

  private func list(_ shop: Shop, _ popularity: DecayedPopularity, region: UInt16) -> [UInt32] {
    popularity.lists.first { $0.scope == shop.tree.scope(ofRegion: region) && $0.category == nil }!.items
  }

  @Test func eachRegionHasItsTaste() {
    let shop = twoTastes()
    let popularity = shop.fit()
    #expect(list(shop, popularity, region: 0).first == 0)
    #expect(list(shop, popularity, region: 1).first == 1)
    // Item 3 was never touched: last, not lost.
    #expect(list(shop, popularity, region: 0).last == 3)
  }

  @Test func whatTooFewDidIsNotShownAsTheirs() {
    var shop = twoTastes()
    // Four people of r0 buy item 3 a great deal: below five, only the world's share counts for the region.
    for session in [0, 2, 4, 6] {
      for _ in 0..<200 {
        shop.table.items.append(3)
        shop.table.sessions.append(UInt32(session))
        shop.table.users.append(EventTable.noUser)
        shop.table.regions.append(0)
        shop.table.types.append(EventType.purchase.rawValue)
        shop.table.times.append(1000)
      }
    }
    shop.parameters.minimumPeoplePerItem = 5
    let few = shop.fit().lists.first { $0.scope == shop.tree.scope(ofRegion: 0) }!
    shop.parameters.minimumPeoplePerItem = 4
    let enough = shop.fit().lists.first { $0.scope == shop.tree.scope(ofRegion: 0) }!
    func score(_ list: DecayedPopularity.TopList) -> Float { list.scores[list.items.firstIndex(of: 3)!] }
    #expect(score(few) < score(enough))
  }

  @Test func onePersonMakesNoList() {
    var builder = TableBuilder(items: 2, sessions: 11)
    for _ in 0..<10_000 { builder.add(item: 0, session: 0) }
    for session in 1..<11 { builder.add(item: 1, session: session) }
    let popularity = Shop(table: builder.table, catalogue: Catalogue(items: 2)).fit()
    #expect(popularity.lists[0].items == [1, 0])
  }

  @Test func newDemandBeatsOldAndTheFutureDoesNotCount() {
    let day = 86_400
    var builder = TableBuilder(items: 4, sessions: 40)
    for session in 0..<10 {
      builder.add(item: 0, session: session, at: 100 * day)
      if session < 5 { builder.add(item: 1, session: session, at: 299 * day) }
      if session < 4 { builder.add(item: 2, session: session, at: 300 * day) }
      builder.add(item: 3, session: session, .purchase, at: 301 * day)
    }
    var shop = Shop(table: builder.table, catalogue: Catalogue(items: 4), asOf: UInt32(300 * day))
    #expect(shop.fit().lists[0].items == [1, 2, 0, 3])
    #expect(shop.fit().lists[0].scores[3] == 0)
    shop.parameters.trendingHalfLife = 86_400
    #expect(shop.fit().lists[0].items == [2, 1, 0, 3])
  }

  @Test func whereNothingTrendsAllTimeDecides() {
    var builder = TableBuilder(items: 2, sessions: 3)
    for session in 0..<3 { builder.add(item: session == 0 ? 0 : 1, session: session, at: 0) }
    let shop = Shop(table: builder.table, catalogue: Catalogue(items: 2), asOf: 90 * 86_400)
    let list = shop.fit().lists[0]
    #expect(list.items == [1, 0])
    #expect(abs(list.scores.reduce(0, +) - 1) < 1e-6)
  }
}
