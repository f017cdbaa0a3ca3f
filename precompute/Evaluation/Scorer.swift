import Bytes
import Recommender
import Session

/// The test set's items as one snapshot knows them.
struct ItemDirectory: Sendable {
  static let unknown = UInt32.max

  /// By index in the test set: the 32-bit name by which a visitor's token would know the item.
  let names: [UInt32]
  /// By index in the test set: the item's number in the snapshot, or `unknown`.
  let numbers: [UInt32]

  init(_ ids: [String], _ base: BaseSnapshot) {
    names = ids.map { id in withView(id) { base.name(ofID: $0) } }
    numbers = ids.map { id in withView(id) { base.item(id: $0) } ?? ItemDirectory.unknown }
  }
}

/// One thread's recommender with a visitor's session: what a host instance would be.
final class Scorer {
  private var recommender: Recommender
  private var session = Session()
  private var query = Query()
  private let test: TestSet
  private let items: ItemDirectory
  private let regions: [OwnedBytes]
  private let context: Context

  init(_ snapshot: TrainedSnapshot, _ test: TestSet, _ items: ItemDirectory, context: Context) throws {
    recommender = try snapshot.open()
    (self.test, self.items, self.context) = (test, items, context)
    regions = test.regionNames.map { OwnedBytes(copying: Array($0.utf8)) }
  }

  /// Answers at `position`, best first, as the shipped scorer would answer this visitor there and then.
  func answer(at position: TestSet.Position, limit: Int, _ body: (Int, Recommendation) -> Void) {
    session.clear()
    query.reset()
    query.context = context
    query.limit = limit
    var newest: TestEvent?
    for place in test.signals(before: position) {
      let event = test.sessions[position.session][place]
      session.record(Signal(item: items.names[Int(event.item)], type: event.type, time: event.time))
      newest = event
    }
    if let newest {
      // The service drops what is older than the window before it asks.
      session.expire(now: session.newest(0).time, window: recommender.snapshots.sessionWindow)
      if newest.region < test.regionNames.count { query.region = regions[Int(newest.region)].view }
      if case .next(excludingCurrent: true) = test.protocolOfTest {
        let current = items.numbers[Int(newest.item)]
        query.currentItem = current == ItemDirectory.unknown ? nil : current
      }
    }
    recommender.recommend(query, for: session)
    for place in 0..<recommender.answer.count { body(place, recommender.answer[place]) }
  }
}
