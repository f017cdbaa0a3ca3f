import Bytes
import Recommender
import Session

/// The test set's items as one snapshot knows them.
package struct ItemDirectory: Sendable {
  package static let unknown = UInt32.max

  /// By index in the test set: the 32-bit name by which a visitor's token would know the item.
  package let names: [UInt32]
  /// By index in the test set: the item's number in the snapshot, or `unknown`.
  package let numbers: [UInt32]

  package init(_ ids: [String], _ base: BaseSnapshot) {
    names = ids.map { id in withView(id) { base.name(ofID: $0) } }
    numbers = ids.map { id in withView(id) { base.item(id: $0) } ?? ItemDirectory.unknown }
  }
}

/// One instance, as a host would hold it.
private final class Instance {
  let recommender: Recommender

  init(_ recommender: Recommender) { self.recommender = recommender }
}

/// One thread's instances with a visitor's session.
package final class Scorer {
  private let instances: [Instance]
  /// By region of the test set.
  private let instanceOfRegion: [Int]
  package private(set) var session = Session()
  private var query = Query()
  package let test: TestSet
  private let items: ItemDirectory
  private let regions: [OwnedBytes]
  package let context: Context

  package init(_ snapshot: TrainedSnapshot, _ test: TestSet, _ items: ItemDirectory, context: Context) throws {
    instances = try (0..<snapshot.instances).map { Instance(try snapshot.open(instance: $0)) }
    instanceOfRegion = test.regionNames.map(snapshot.instance(serving:))
    (self.test, self.items, self.context) = (test, items, context)
    regions = test.regionNames.map { OwnedBytes(copying: Array($0.utf8)) }
  }

  /// Answers at `position`, best first, as the shipped scorer would answer this visitor there and then.
  /// - Returns: the segment that it saw in the session.
  package func answer(at position: TestSet.Position, limit: Int, _ body: (Int, Recommendation) -> Void) -> Int? {
    let instance = ask(at: position, limit: limit)
    instance.recommender.recommend(query, for: session)
    for place in 0..<instance.recommender.answer.count { body(place, instance.recommender.answer[place]) }
    return instance.recommender.segment
  }

  /// What a ranker would see at `position`: for each candidate its number and its `Feature.count` features.
  package func candidates(at position: TestSet.Position, _ body: (UInt32, [Float]) -> Void) {
    let instance = ask(at: position, limit: 1)
    instance.recommender.prepareFeatures(query, for: session)
    var features = [Float](repeating: 0, count: Feature.count)
    for row in 0..<instance.recommender.shortlistCount {
      for feature in features.indices { features[feature] = instance.recommender.feature(feature, row) }
      body(instance.recommender.shortlisted(row), features)
    }
  }

  /// Fills session and query, and finds the instance that holds the visitor's region.
  private func ask(at position: TestSet.Position, limit: Int) -> Instance {
    session.clear()
    query.reset()
    query.context = context
    query.limit = limit
    var newest: TestEvent?
    for place in test.signals(before: position) {
      let event = test.sessions[position.session][place]
      instances[0].recommender.record(
        Signal(item: items.names[Int(event.item)], type: event.type, time: event.time), in: &session)
      newest = event
    }
    guard let newest else { return instances[0] }
    // The service drops what is older than the window before it asks.
    instances[0].recommender.expire(&session, now: session.time)
    query.request.now = session.time
    if case .next(excludingCurrent: true) = test.protocolOfTest {
      let current = items.numbers[Int(newest.item)]
      query.showsItem = true
      query.currentItem = current == ItemDirectory.unknown ? nil : current
    }
    guard newest.region < test.regionNames.count else { return instances[0] }
    query.region = regions[Int(newest.region)].view
    return instances[instanceOfRegion[Int(newest.region)]]
  }
}
