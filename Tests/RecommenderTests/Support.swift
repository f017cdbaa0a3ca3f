import Bytes
import Recommender
import Session
import SnapshotFormat
import TestSupport

/// An answer, copied out of the recommender.
struct Answered: Equatable {
  var id: String
  var item: UInt32
  var score: Float
  var source: Source
  var slot: Slot
  var because: String?
  var rung: Rung
}

/// A request in the shop's own words.
struct Request {
  var context = Context.homepage
  var limit = 10
  var current: String?
  var category: String?
  var region = ""
  var excluded: [String] = []
  /// Oldest first.
  var session: [(item: String, type: EventType)] = []
  /// What else is asked for.
  var control: (inout Query, BaseSnapshot) -> Void = { _, _ in }
  /// What is searched for.
  var search = ""

  func answer(by recommender: Recommender) -> [Answered] {
    guard let base = recommender.snapshots.base else { return [] }
    asked(of: recommender) { recommender, query, session in recommender.recommend(query, for: session) }
    return (0..<recommender.answer.count).map { rank in
      let item = recommender.answer[rank]
      return Answered(
        id: base.id(item.item).string, item: item.item, score: item.score, source: item.source, slot: item.slot,
        because: item.because.map { base.id($0).string }, rung: item.rung)
    }
  }
}

extension Request {
  static let regions = ["", "north", "south", "isles", "isle-a", "isle-b", "hamlet", "atlantis"]

  static func random(_ ids: [String], _ random: inout SeededGenerator) -> Request {
    func id() -> String { random.once(in: 8) ? "unknown \(random.below(9))" : ids[random.below(ids.count)] }
    var request = Request()
    request.context = Context.allCases[random.below(Context.allCases.count)]
    request.limit = random.once(in: 5) ? Query.limitMax : 1 + random.below(12)
    if random.once(in: 3) { request.current = id() }
    if random.once(in: 3) { request.category = (PlantedShop.categories + ["Home", "nowhere"])[random.below(6)] }
    request.region = regions[random.below(regions.count)]
    request.excluded = (0..<(random.once(in: 3) ? random.below(60) : 0)).map { _ in id() }
    // A search is about no item, and a full session drops impressions first: Tests/SessionTests has both.
    let types = EventType.allCases.filter { $0 != .search }
    request.session = (0..<random.below(Session.signalsMax + 1)).map { _ in (id(), types[random.below(types.count)]) }
    return request
  }

  /// What no answer to this request may hold: the page's item, what is excluded, in the cart or bought.
  var refused: Set<String> {
    var refused = Set(excluded)
    if let current { refused.insert(current) }
    var decided: Set<String> = []
    for event in session.suffix(Session.signalsMax).reversed() {
      switch event.type {
      case .addToCart, .purchase: if decided.insert(event.item).inserted { refused.insert(event.item) }
      case .removeFromCart: decided.insert(event.item)
      default: break
      }
    }
    return refused
  }
}

extension BuiltShop {
  /// What an event of each type counts in the planted shop: the defaults.
  var weights: [EventType: Double] { PlantedShop().configuration.weights.mapValues(Double.init) }
}

extension Request {
  /// Calls `body` with the snapshot's words for this request.
  func asked(
    of recommender: Recommender, _ body: (Recommender, borrowing Query, borrowing Session) -> Void
  ) {
    guard let base = recommender.snapshots.base else { return }
    var query = Query()
    query.context = context
    query.limit = limit
    query.showsItem = current != nil
    query.currentItem = current.flatMap { base.item($0) }
    query.category = category.flatMap { name in name.withView { base.category(named: $0) } }
    for id in excluded { if let item = base.item(id) { query.excluded.append(item) } }
    control(&query, base)
    var visit = Session()
    for (second, event) in session.enumerated() {
      let name = event.item.withView { base.name(ofID: $0) }
      visit.record(Signal(item: name, type: event.type, time: UInt32(second)))
    }
    // The region's name and the search are looked at in place.
    let words = OwnedBytes(capacity: 4096)
    withExtendedLifetime(words) {
      var writer = ByteWriter(words)
      search.withView { text in
        var terms = Terms(text)
        var seen: Set<String> = []
        while let term = terms.next(into: &writer) { if seen.insert(term.string).inserted { query.terms.append(term) } }
      }
      region.withView { view in
        query.region = view
        body(recommender, query, visit)
        query.region = .empty
      }
      query.terms.removeAll()
    }
  }

  /// What a ranker sees of this request: items with their rows of the feature table.
  func features(by recommender: Recommender) -> [(item: UInt32, row: [Float])] {
    asked(of: recommender) { recommender, query, session in recommender.prepareFeatures(query, for: session) }
    return (0..<recommender.shortlistCount).map { row in
      (recommender.shortlisted(row), (0..<Feature.count).map { recommender.feature($0, row) })
    }
  }
}
