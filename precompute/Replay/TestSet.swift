import Configuration
import EventLog
import Models
import Session

/// An event of a test session.
package struct TestEvent: Equatable {
  /// Index into `TestSet.itemIDs`.
  package let item: UInt32
  package let type: EventType
  package let region: UInt16
  package let time: UInt32
}

/// The sessions that are asked for, and the positions in them: read and numbered apart from the training part, with which they share
/// nothing but external ids.
public struct TestSet: Sendable {
  package struct Position: Equatable {
    package let session: Int
    /// The event whose item is to be found, by its place in the session.
    package let target: Int
  }

  public let protocolOfTest: EvaluationProtocol
  public let itemIDs: [String]
  public let regionNames: [String]
  /// Each session's events in order; in a basket, its goods.
  package let sessions: [[TestEvent]]
  /// By session, then place.
  package let positions: [Position]
  /// The positions of session `s` are `offsets[s]..<offsets[s + 1]`.
  package let offsets: [Int]
  /// By position: whether the session has no later one for the same item.
  private let isLastOfItem: [Bool]
  /// Seconds since 1970.
  public let times: ClosedRange<UInt32>

  public var positionCount: Int { positions.count }
  public var sessionCount: Int { sessions.count }
  public var eventCount: Int { sessions.reduce(0) { $0 + $1.count } }

  /// - Parameters:
  ///   - isIncluded: by session of the log; nil: all.
  ///   - configuration: its weights say which events are worth finding.
  ///   - seed: chooses among the items of large baskets.
  public init(
    _ log: EventLog, isIncluded: [Bool]? = nil, protocol kind: EvaluationProtocol, configuration: Configuration,
    seed: UInt64
  ) throws {
    protocolOfTest = kind
    (itemIDs, regionNames) = (log.table.itemIDs, log.table.regionNames)
    let all = TestSet.sessions(log.table, isIncluded)
    let isGoods = log.catalogue.items.map { !$0.isNeverRecommended }
    let targets: [[Int]]
    switch kind {
    case .next:
      sessions = all
      targets = all.map { session in
        session.indices.dropFirst().filter {
          isGoods[Int(session[$0].item)] && configuration.weights[session[$0].type] ?? 0 > 0
        }
      }
    case .basket(let most):
      sessions = Baskets(all, isGoods).baskets
      targets = sessions.enumerated().map { number, basket in
        guard basket.count > 1 else { return [] }
        var random = SplitMix(seed: seed, stream: number)
        return TestSet.choose(most, of: basket.count, &random)
      }
    }
    (positions, offsets) = TestSet.positions(targets)
    isLastOfItem = TestSet.lastOfItems(sessions, targets)
    let eventTimes = sessions.lazy.flatMap { $0 }.map(\.time)
    guard !positions.isEmpty, let oldest = eventTimes.min(), let newest = eventTimes.max() else {
      throw EvaluationError.noPositions(protocolName: kind.name, sessions: all.count)
    }
    times = oldest...newest
  }

  private static func sessions(_ table: EventTable, _ isIncluded: [Bool]?) -> [[TestEvent]] {
    let index = SessionIndex(table)
    return (0..<index.count).compactMap { session in
      guard isIncluded?[session] ?? true else { return nil }
      let events = index[session].map(Int.init).compactMap { event in
        EventType(rawValue: table.types[event]).map {
          TestEvent(item: table.items[event], type: $0, region: table.regions[event], time: table.times[event])
        }
      }
      return events.isEmpty ? nil : events
    }
  }

  /// `most` of the numbers below `count`, ascending; all of them where there are no more.
  private static func choose(_ most: Int, of count: Int, _ random: inout SplitMix) -> [Int] {
    var numbers = Array(0..<count)
    guard count > most else { return numbers }
    for place in 0..<most { numbers.swapAt(place, place + random.next(below: count - place)) }
    return numbers.prefix(most).sorted()
  }

  private static func positions(_ targets: [[Int]]) -> ([Position], [Int]) {
    var positions: [Position] = []
    var offsets = [0]
    for (session, targets) in targets.enumerated() {
      for target in targets { positions.append(Position(session: session, target: target)) }
      offsets.append(positions.count)
    }
    return (positions, offsets)
  }

  private static func lastOfItems(_ sessions: [[TestEvent]], _ targets: [[Int]]) -> [Bool] {
    zip(sessions, targets).flatMap { session, targets -> [Bool] in
      var later = Set<UInt32>()
      return targets.reversed().map { later.insert(session[$0].item).inserted }.reversed()
    }
  }

  // MARK: What a position holds

  /// The places in the session of what the visitor has done so far.
  package func signals(before position: Position) -> [Int] {
    switch protocolOfTest {
    case .next: Array(0..<position.target)
    case .basket: sessions[position.session].indices.filter { $0 != position.target }
    }
  }

  /// The distinct items that are still to come: what precision, recall, MAP and NDCG look for.
  package func relevantItems(at position: Position) -> [UInt32] {
    let session = sessions[position.session]
    guard case .next = protocolOfTest else { return [session[position.target].item] }
    return (offsets[position.session]..<offsets[position.session + 1]).filter {
      isLastOfItem[$0] && positions[$0].target >= position.target
    }.map { session[positions[$0].target].item }
  }
}

/// The goods that each session bought or put into its cart, once each, as if they stood in the cart now. A log without such events has
/// every event count. What is never recommended, such as postage, is no goods.
private struct Baskets {
  let baskets: [[TestEvent]]

  init(_ sessions: [[TestEvent]], _ isGoods: [Bool]) {
    let hasCarts = sessions.contains { $0.contains { $0.type == .purchase || $0.type == .addToCart } }
    baskets = sessions.map { session in
      var basket: [TestEvent] = []
      for event in session where isGoods[Int(event.item)] {
        let place = basket.firstIndex { $0.item == event.item }
        if event.type == .removeFromCart {
          if let place { basket.remove(at: place) }
        } else if place == nil, !hasCarts || event.type == .purchase || event.type == .addToCart {
          basket.append(TestEvent(item: event.item, type: .addToCart, region: event.region, time: event.time))
        }
      }
      return basket
    }.filter { !$0.isEmpty }
  }
}
