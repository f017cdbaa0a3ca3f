import EventLog
import Foundation
import Models

/// Whole past sessions, and by item the sessions that hold it. Sessions are numbered by age, the newest is 0, so that ascending
/// numbers are descending times and ties have a fixed order.
public struct PastSessions: Sendable {
  public let itemCount: Int
  /// Session-major: the items that weigh anything, in order, repeats among them.
  private var itemOffsets: [Int] = [0]
  private var items: [UInt32] = []
  /// By session: seconds since 1970 of its last event.
  private(set) var ends: [UInt32] = []
  /// By session: 1 / √(distinct items).
  private(set) var inverseNorms: [Double] = []
  /// Item-major: sessions, newest first.
  private let sessionOffsets: [Int]
  private let sessionsOfItem: [UInt32]
  /// By item: ln(sessions / sessions that hold it).
  let inverseFrequencies: [Double]

  public var count: Int { ends.count }

  /// - Parameter weights: events of a type without weight are left out, and sessions of such events alone.
  public init(_ table: EventTable, weights: EventWeights, parallelism: Parallelism = .allCores) {
    let index = SessionIndex(table, parallelism: parallelism)
    itemCount = table.itemIDs.count
    let events = (0..<index.count).map { session in index[session].filter { weights[table.types[Int($0)]] > 0 } }
    let ages = events.indices.filter { !events[$0].isEmpty }
      .map { (session: $0, end: table.times[Int(events[$0].last ?? 0)]) }
      .sorted { ($1.end, $0.session) < ($0.end, $1.session) }
    var pairs: [(item: UInt32, session: UInt32)] = []
    for (number, age) in ages.enumerated() {
      let session = events[age.session].map { table.items[Int($0)] }
      let distinct = Set(session)
      items += session
      itemOffsets.append(items.count)
      ends.append(age.end)
      inverseNorms.append(1 / Double(distinct.count).squareRoot())
      pairs += distinct.map { ($0, UInt32(number)) }
    }
    pairs.sort { $0 < $1 }
    var offsets = [Int](repeating: 0, count: itemCount + 1)
    for pair in pairs { offsets[Int(pair.item) + 1] += 1 }
    let total = Double(ages.count)
    inverseFrequencies = offsets.dropFirst().map { $0 == 0 ? 0 : log(total / Double($0)) }
    for item in 0..<itemCount { offsets[item + 1] += offsets[item] }
    (sessionOffsets, sessionsOfItem) = (offsets, pairs.map(\.session))
  }

  subscript(session: UInt32) -> ArraySlice<UInt32> {
    items[itemOffsets[Int(session)]..<itemOffsets[Int(session) + 1]]
  }

  /// The `most` newest sessions that hold an item, newest first; none for an unknown item.
  func sessions(of item: UInt32, most: Int) -> ArraySlice<UInt32> {
    guard item < itemCount else { return [] }
    let start = sessionOffsets[Int(item)]
    return sessionsOfItem[start..<min(sessionOffsets[Int(item) + 1], start + most)]
  }
}
