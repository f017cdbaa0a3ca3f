import EventLog
import Models
import Session
import Testing

/// What a model may learn from.
struct Shop {
  var table: EventTable
  var catalogue: Catalogue
  var threads = 2

  init(_ table: EventTable, catalogue: Catalogue? = nil, threads: Int = 2) {
    self.table = table
    self.catalogue = catalogue ?? Catalogue(items: table.itemIDs.count)
    self.threads = threads
  }

  /// Plain sessions of purchases.
  init(_ sessions: [[Int]], items: Int, _ type: EventType = .purchase) {
    self.init(TableBuilder.sessions(sessions, items: items, type))
  }
}

/// A model's answers in one shape: rankings of items, and all its numbers, to be compared bit by bit.
struct Fitted: Equatable {
  var rankings: [[UInt32]]
  var scores: [Float]

  init(rankings: [[UInt32]], scores: [Float]) {
    self.rankings = rankings
    self.scores = scores
  }

  init(_ lists: ItemLists) {
    self.init(rankings: (0..<lists.count).map { lists.pairs($0).map(\.item) }, scores: lists.scores)
  }
}

/// Every model, behind one face.
enum ModelUnderTest: String, CaseIterable, Sendable {
  case nextInSequence, nextInBasket, localInSequence, localInBasket, boughtTogether, content, popularity, factors
  case attributes, segments, regionLift, boosting

  /// A ranking for each item, of the items that stood with it in sessions.
  static let fromSessions: [ModelUnderTest] = [
    .nextInSequence, .nextInBasket, .localInSequence, .localInBasket, .boughtTogether,
  ]
  /// Those that say what to show. Factors and attributes rank nothing by themselves, nor do lifts; segments only pass on the lists of
  /// popularity, and boosting ranks the rows that it is given.
  static let thatRecommend = fromSessions + [.content, .popularity]

  /// From those that weigh anything. What boosting learns from is chosen before.
  var learnsFromEvents: Bool { self != .content && self != .attributes && self != .boosting }
  /// Whether it matters from where an event came.
  var knowsRegions: Bool { self == .popularity || self == .regionLift }
  var isFromSessions: Bool { ModelUnderTest.fromSessions.contains(self) }

  func fit(_ shop: Shop) -> Fitted {
    let (table, catalogue) = (shop.table, shop.catalogue)
    let itemCount = table.itemIDs.count
    let asOf = table.times.max() ?? 0
    let parallelism = Parallelism(threads: shop.threads)
    let sessions = SessionIndex(table, parallelism: parallelism)
    let people = People(table)
    let attributes = ItemAttributes(catalogue, itemCount: itemCount)
    switch self {
    case .nextInSequence, .nextInBasket:
      var parameters = NextItem.Parameters()
      parameters.ordered = self == .nextInSequence
      return Fitted(
        NextItem.fit(
          table, sessions: sessions, catalogue: catalogue, parameters: parameters, asOf: asOf, parallelism: parallelism)
      )
    case .localInSequence, .localInBasket:
      return Fitted(
        LocalSLIST.fit(
          table, sessions: sessions, catalogue: catalogue,
          parameters: LocalSLIST.Parameters(ordered: self == .localInSequence), asOf: asOf, parallelism: parallelism))
    case .boughtTogether:
      return Fitted(
        BoughtTogether.fit(table, sessions: sessions, catalogue: catalogue, asOf: asOf, parallelism: parallelism))
    case .content:
      return Fitted(
        ContentSimilarity.fit(
          catalogue, attributes: attributes, sessionsOfItem: [UInt32](repeating: 0, count: itemCount),
          parallelism: parallelism))
    case .popularity:
      let popularity = DecayedPopularity.fit(
        table, people: people, regions: RegionTree(table, people: people), catalogue: catalogue,
        attributes: attributes, asOf: asOf, parallelism: parallelism)
      #expect(popularity.itemPopularity.count == itemCount)
      return Fitted(
        rankings: popularity.lists.map(\.items), scores: popularity.lists.flatMap(\.scores) + popularity.itemPopularity)
    case .factors:
      var parameters = ImplicitALS.Parameters()
      parameters.dimensions = 8
      let matrix = InteractionMatrix(table, people: people, weights: .standard, parallelism: parallelism)
      let factors = ImplicitALS.fit(matrix, parameters: parameters, parallelism: parallelism).itemFactors
      #expect(factors.count == itemCount * 8)
      return Fitted(rankings: ModelUnderTest.nearest(factors, dimensions: 8), scores: factors)
    case .segments: return Fitted(segmentsOf: shop)
    case .regionLift: return Fitted(liftsOf: shop)
    case .boosting: return Fitted(boosted: shop)
    case .attributes:
      #expect(attributes.categoryOfItem.count == itemCount && attributes.brandOfItem.count == itemCount)
      return Fitted(
        rankings: attributes.categories.indices.map { category in
          (0..<UInt32(itemCount)).filter { attributes.categoryOfItem[Int($0)] == UInt32(category) }
        }, scores: attributes.categoryOfItem.map { $0 == ItemAttributes.none ? -1 : Float($0) })
    }
  }

  /// By item: the ten others with the greatest products of factors.
  private static func nearest(_ factors: [Float], dimensions k: Int) -> [[UInt32]] {
    (0..<factors.count / k).map { item in
      var best = TopK(limit: 10)
      for other in 0..<factors.count / k where other != item {
        best.offer(
          item: UInt32(other),
          score: (0..<k).reduce(0) { $0 + factors[item * k + $1] * factors[other * k + $1] })
      }
      return best.drain().map(\.item)
    }
  }
}
