import EventLog
import Models
import Session
import Testing

/// What every model does, whatever it models.
@Suite struct ModelBehaviourTests {
  private func isSound(_ fitted: Fitted, items: Int) -> Bool {
    fitted.scores.allSatisfy(\.isFinite)
      && fitted.rankings.allSatisfy { Set($0).count == $0.count && $0.allSatisfy { $0 < items } }
  }

  @Test(arguments: ModelUnderTest.allCases)
  func sameResultAtAnyNumberOfThreads(model: ModelUnderTest) {
    var shop = Shop(
      randomTable(seed: 12, events: 40_000, items: 600, sessions: 600, users: 300),
      catalogue: PlantedMarket.catalogue(items: 600), threads: 1)
    let one = model.fit(shop)
    #expect(isSound(one, items: 600))
    #expect(one.scores.contains { $0 != 0 })
    for threads in [2, 5] {
      shop.threads = threads
      #expect(model.fit(shop) == one)
    }
  }

  @Test(arguments: ModelUnderTest.allCases)
  func noEventsAtAll(model: ModelUnderTest) {
    #expect(isSound(model.fit(Shop(EventTable())), items: 0))
    let unsold = model.fit(Shop(TableBuilder(items: 3, sessions: 0, regions: ["empty"]).table))
    #expect(isSound(unsold, items: 3))
    // What nobody touched can still be shown, in the order of the items.
    if model == .popularity { #expect(unsold.rankings == [[0, 1, 2]]) }
  }

  /// Regions that no event names change nothing, and an event without a region counts all the same.
  @Test(arguments: ModelUnderTest.allCases)
  func emptyRegions(model: ModelUnderTest) {
    var market = PlantedMarket(seed: 3).shop
    let whole = model.fit(market)
    market.table.regionNames += ["nobody", "no one"]
    #expect(model.fit(market) == whole)
    market.table.regions = [UInt16](repeating: EventTable.noRegion, count: market.table.count)
    let nowhere = model.fit(market)
    #expect(isSound(nowhere, items: PlantedMarket.itemCount))
    if !model.knowsRegions { #expect(nowhere == whole) }
    if model == .regionLift { #expect(nowhere.scores.isEmpty && !whole.scores.isEmpty) }
  }

  @Test(arguments: ModelUnderTest.allCases)
  func onlyEventsThatDoNotCount(model: ModelUnderTest) {
    let shop = Shop([[0, 1], [1, 2]], items: 3, .impression)
    let fitted = model.fit(shop)
    #expect(isSound(fitted, items: 3))
    if model.learnsFromEvents { #expect(fitted.scores.allSatisfy { $0 == 0 }) }
  }

  @Test(arguments: ModelUnderTest.allCases)
  func sessionsOfOneItem(model: ModelUnderTest) {
    let fitted = model.fit(Shop([[0], [1, 1], [2]], items: 3))
    #expect(isSound(fitted, items: 3))
    if model.isFromSessions { #expect(fitted.rankings == [[], [], []]) }
    // Nothing to choose between; nobody to tell from anybody; nowhere.
    if [.boosting, .segments, .regionLift].contains(model) { #expect(fitted.scores.isEmpty) }
  }

  @Test(arguments: ModelUnderTest.allCases)
  func oneUser(model: ModelUnderTest) {
    var builder = TableBuilder(items: 4, sessions: 6, users: 1, regions: ["home"])
    for event in 0..<24 { builder.add(item: event % 4, session: event / 4, user: 0, region: 0, .purchase, at: event) }
    let fitted = model.fit(Shop(builder.table))
    #expect(isSound(fitted, items: 4))
    // One person makes no list of a region.
    if model == .popularity { #expect(fitted.rankings.count == 1) }
    if model == .segments || model == .regionLift { #expect(fitted.scores.isEmpty) }
  }

  @Test(arguments: ModelUnderTest.allCases)
  func itemsWithoutEventsAreUnknownNotWrong(model: ModelUnderTest) {
    let fitted = model.fit(Shop([[0, 1], [0, 1], [1, 0]], items: 5))
    #expect(isSound(fitted, items: 5))
    if model == .popularity { #expect(Array(fitted.rankings[0].suffix(3)) == [2, 3, 4]) }
    if model == .factors { #expect(fitted.scores[16...].allSatisfy { $0 == 0 }) }
    if model.isFromSessions { #expect(fitted.rankings == [[1], [0], [], [], []]) }
  }

  /// Events may name more items than the catalogue does.
  @Test(arguments: ModelUnderTest.allCases)
  func itemsThatTheCatalogueDoesNotKnow(model: ModelUnderTest) {
    var shop = PlantedMarket(seed: 4).shop
    let whole = model.fit(shop)
    shop.catalogue.items.removeLast(5)
    let fitted = model.fit(shop)
    #expect(isSound(fitted, items: PlantedMarket.itemCount))
    if model.isFromSessions || model == .factors { #expect(fitted == whole) }
    if model == .content { #expect(fitted.rankings.suffix(5).joined().isEmpty) }
  }

  @Test(arguments: ModelUnderTest.thatRecommend)
  func tiesGoToTheLowerIndex(model: ModelUnderTest) {
    // Each later item follows item 9 the same way; sessions come in another order than the items.
    var shop = Shop([3, 1, 2, 0].flatMap { [[9, $0], [9, $0]] }, items: 10)
    for item in [3, 9, 1, 0, 2] { shop.catalogue.items[item].title = "cup" }
    let ranking = model.fit(shop).rankings
    #expect(model == .popularity ? ranking[0] == [9, 0, 1, 2, 3, 4, 5, 6, 7, 8] : ranking[9] == [0, 1, 2, 3])
  }

  /// In one session, and in sessions of two.
  @Test(arguments: ModelUnderTest.allCases, [1, 500_000])
  func aMillionDuplicates(model: ModelUnderTest, sessions: Int) {
    var builder = TableBuilder(items: 2, sessions: sessions, users: 1)
    let events = 0..<1_000_000
    builder.table.items = events.map { sessions == 1 ? ($0 == 500_000 ? 1 : 0) : UInt32($0 % 2) }
    builder.table.sessions = events.map { UInt32($0 / 2 % sessions) }
    builder.table.users = [UInt32](repeating: 0, count: events.count)
    builder.table.regions = [UInt16](repeating: EventTable.noRegion, count: events.count)
    builder.table.types = [UInt8](repeating: EventType.purchase.rawValue, count: events.count)
    builder.table.times = events.map { UInt32($0 * 7919 % 1_000_003) }
    var shop = Shop(builder.table)
    (shop.catalogue.items[0].category, shop.catalogue.items[1].category) = ("cups", "plates")
    let fitted = model.fit(shop)
    #expect(isSound(fitted, items: 2))
    if model == .segments || model == .regionLift { #expect(fitted.scores.isEmpty, "one visitor is no segment") }
    // One visitor is worth a handful of visitors, not a million.
    if model == .popularity { #expect(fitted.scores[0] / fitted.scores[1] < 50) }
    if model.isFromSessions, sessions > 1 { #expect(fitted.rankings == [[1], [0]]) }
  }

  @Test(arguments: ModelUnderTest.thatRecommend)
  func neverRecommendedItemsAreSourcesOnly(model: ModelUnderTest) {
    var shop = Shop([[0, 1, 2], [0, 1, 2], [2, 1, 0]], items: 3)
    shop.catalogue = Catalogue(items: 3, never: [1])
    for item in 0..<3 { shop.catalogue.items[item].title = "cup" }
    let fitted = model.fit(shop)
    #expect(fitted.rankings.allSatisfy { !$0.contains(1) })
    if model != .popularity { #expect(Set(fitted.rankings[1]) == [0, 2]) }
  }

  @Test(arguments: ModelUnderTest.allCases)
  func findsWhatWasPlanted(model: ModelUnderTest) {
    let market = PlantedMarket(seed: 5)
    let rankings = model.fit(market.shop).rankings
    let items = 0..<PlantedMarket.itemCount
    func block(_ item: UInt32) -> Int { Int(item) / PlantedMarket.blockSize }
    switch model {
    case .nextInSequence, .localInSequence:
      for item in items where PlantedMarket.hasNext(item) { #expect(rankings[item][0] == UInt32(item + 1)) }
    case .nextInBasket, .localInBasket, .boughtTogether:
      for item in items { #expect(rankings[item].prefix(4).allSatisfy { block($0) == block(UInt32(item)) }) }
    case .content, .factors:
      for item in items {
        let ranking = rankings[item].prefix(PlantedMarket.blockSize - 1)
        #expect(ranking.count == PlantedMarket.blockSize - 1)
        #expect(ranking.allSatisfy { block($0) == block(UInt32(item)) })
      }
    case .popularity:
      // Lists of all items, not of a category: the world's, then the regions' by name.
      let regions = rankings.filter { $0.count == items.count }.dropFirst()
      let blocks = regions.map { Set($0.prefix(2 * PlantedMarket.blockSize).map(block)) }
      #expect(blocks == [[0, 1], [2, 3]])
    case .segments:
      // A visitor looks at one block.
      let heads = rankings.map { Set($0.prefix(PlantedMarket.blockSize).map(block)) }
      #expect(heads.allSatisfy { $0.count == 1 } && Set(heads) == [[0], [1], [2], [3]])
    case .regionLift:
      #expect(rankings.map { Set($0.map(block)) } == [[], [0, 1], [2, 3]])
      #expect(rankings.map(\.count) == [0, items.count / 2, items.count / 2])
    case .boosting:
      let sessions = SessionIndex(market.shop.table)
      #expect(rankings.indices.allSatisfy { rankings[$0][0] == market.shop.table.items[Int(sessions[$0].last!)] })
    case .attributes:
      #expect(rankings.map(\.count) == [0, 11, 11, 0, 11, 11])
    }
  }
}
