import EventLog
import Models
import Session
import Testing

/// What every model does, whatever it models.
@Suite struct ModelBehaviourTests {
  enum Model: String, CaseIterable, Sendable {
    case nextInSequence, nextInBasket, localInSequence, localInBasket, boughtTogether, popularity, factors
  }

  /// A model's rankings, and its numbers bit by bit.
  struct Fitted: Equatable {
    var rankings: [[UInt32]]
    var scores: [Float]
  }

  private func fit(_ model: Model, _ table: EventTable, catalogue: Catalogue? = nil, threads: Int = 2) -> Fitted {
    let itemCount = table.itemIDs.count
    let catalogue = catalogue ?? Catalogue(items: itemCount)
    let asOf = table.times.max() ?? 0
    let parallelism = Parallelism(threads: threads)
    let sessions = SessionIndex(table, parallelism: parallelism)
    let people = People(table)
    func fitted(_ lists: ItemLists) -> Fitted {
      #expect(lists.count == itemCount)
      return Fitted(rankings: (0..<lists.count).map { lists.pairs($0).map(\.item) }, scores: lists.scores)
    }
    switch model {
    case .nextInSequence, .nextInBasket:
      var parameters = NextItem.Parameters()
      parameters.ordered = model == .nextInSequence
      return fitted(
        NextItem.fit(
          table, sessions: sessions, catalogue: catalogue, parameters: parameters, asOf: asOf, parallelism: parallelism)
      )
    case .localInSequence, .localInBasket:
      return fitted(
        LocalSLIST.fit(
          table, sessions: sessions, catalogue: catalogue,
          parameters: LocalSLIST.Parameters(ordered: model == .localInSequence), asOf: asOf, parallelism: parallelism))
    case .boughtTogether:
      return fitted(
        BoughtTogether.fit(table, sessions: sessions, catalogue: catalogue, asOf: asOf, parallelism: parallelism))
    case .popularity:
      let popularity = DecayedPopularity.fit(
        table, people: people, regions: RegionTree(table, people: people), catalogue: catalogue,
        attributes: ItemAttributes(catalogue, itemCount: itemCount), asOf: asOf, parallelism: parallelism)
      #expect(popularity.itemPopularity.count == itemCount)
      return Fitted(
        rankings: popularity.lists.map(\.items), scores: popularity.lists.flatMap(\.scores) + popularity.itemPopularity)
    case .factors:
      var parameters = ImplicitALS.Parameters()
      parameters.dimensions = 8
      let matrix = InteractionMatrix(table, people: people, weights: .standard, parallelism: parallelism)
      let factors = ImplicitALS.fit(matrix, parameters: parameters, parallelism: parallelism).itemFactors
      #expect(factors.count == itemCount * 8)
      return Fitted(rankings: [], scores: factors)
    }
  }

  private func isSound(_ fitted: Fitted, items: Int) -> Bool {
    fitted.scores.allSatisfy(\.isFinite)
      && fitted.rankings.allSatisfy { Set($0).count == $0.count && $0.allSatisfy { $0 < items } }
  }

  @Test(arguments: Model.allCases)
  func sameResultAtAnyNumberOfThreads(model: Model) {
    let table = randomTable(seed: 12, events: 40_000, items: 600, sessions: 600, users: 300)
    let one = fit(model, table, threads: 1)
    #expect(isSound(one, items: 600))
    #expect(one.scores.contains { $0 != 0 })
    for threads in [2, 5] { #expect(fit(model, table, threads: threads) == one) }
  }

  @Test(arguments: Model.allCases)
  func noEventsAtAll(model: Model) {
    #expect(isSound(fit(model, EventTable()), items: 0))
    let unsold = fit(model, TableBuilder(items: 3, sessions: 0, regions: ["empty"]).table)
    #expect(isSound(unsold, items: 3))
    // What nobody touched can still be shown, in the order of the items.
    if model == .popularity { #expect(unsold.rankings == [[0, 1, 2]]) }
  }

  @Test(arguments: Model.allCases)
  func onlyEventsThatDoNotCount(model: Model) {
    let table = TableBuilder.sessions([[0, 1], [1, 2]], items: 3, .impression)
    let fitted = fit(model, table)
    #expect(isSound(fitted, items: 3))
    #expect(fitted.scores.allSatisfy { $0 == 0 })
  }

  @Test(arguments: Model.allCases)
  func sessionsOfOneItem(model: Model) {
    let fitted = fit(model, TableBuilder.sessions([[0], [1, 1], [2]], items: 3, .purchase))
    #expect(isSound(fitted, items: 3))
    if ![.popularity, .factors].contains(model) { #expect(fitted.rankings == [[], [], []]) }
  }

  @Test(arguments: Model.allCases)
  func oneUser(model: Model) {
    var builder = TableBuilder(items: 4, sessions: 6, users: 1, regions: ["home"])
    for event in 0..<24 { builder.add(item: event % 4, session: event / 4, user: 0, region: 0, .purchase, at: event) }
    let fitted = fit(model, builder.table)
    #expect(isSound(fitted, items: 4))
    if model == .popularity { #expect(fitted.rankings.count == 1) }
  }

  @Test(arguments: Model.allCases)
  func itemsWithoutEventsAreUnknownNotWrong(model: Model) {
    let table = TableBuilder.sessions([[0, 1], [0, 1], [1, 0]], items: 5, .purchase)
    let fitted = fit(model, table)
    #expect(isSound(fitted, items: 5))
    switch model {
    case .popularity: #expect(Array(fitted.rankings[0].suffix(3)) == [2, 3, 4])
    case .factors: #expect(fitted.scores[16...].allSatisfy { $0 == 0 })
    default: #expect(fitted.rankings == [[1], [0], [], [], []])
    }
  }

  @Test(arguments: Model.allCases)
  func tiesGoToTheLowerIndex(model: Model) {
    // Each later item follows item 9 the same way; sessions come in another order than the items.
    let table = TableBuilder.sessions([3, 1, 2, 0].flatMap { [[9, $0], [9, $0]] }, items: 10, .purchase)
    let fitted = fit(model, table)
    switch model {
    case .popularity: #expect(fitted.rankings[0] == [9, 0, 1, 2, 3, 4, 5, 6, 7, 8])
    case .factors: break
    default: #expect(fitted.rankings[9] == [0, 1, 2, 3])
    }
  }

  @Test(arguments: Model.allCases)
  func aMillionDuplicates(model: Model) {
    var builder = TableBuilder(items: 2, sessions: 1, users: 1)
    builder.table.items = [UInt32](repeating: 0, count: 1_000_000)
    builder.table.items[500_000] = 1
    builder.table.sessions = [UInt32](repeating: 0, count: 1_000_000)
    builder.table.users = [UInt32](repeating: 0, count: 1_000_000)
    builder.table.regions = [UInt16](repeating: EventTable.noRegion, count: 1_000_000)
    builder.table.types = [UInt8](repeating: EventType.purchase.rawValue, count: 1_000_000)
    builder.table.times = (0..<1_000_000).map { UInt32($0 * 7919 % 1_000_003) }
    let fitted = fit(model, builder.table)
    #expect(isSound(fitted, items: 2))
    // One visitor is worth a handful of visitors, not a million.
    if model == .popularity { #expect(fitted.scores[0] / fitted.scores[1] < 50) }
  }

  @Test(arguments: Model.allCases)
  func neverRecommendedItemsAreSourcesOnly(model: Model) {
    let table = TableBuilder.sessions([[0, 1, 2], [0, 1, 2], [2, 1, 0]], items: 3, .purchase)
    let fitted = fit(model, table, catalogue: Catalogue(items: 3, never: [1]))
    #expect(fitted.rankings.allSatisfy { !$0.contains(1) })
    if ![.popularity, .factors].contains(model) { #expect(Set(fitted.rankings[1]) == [0, 2]) }
  }
}
