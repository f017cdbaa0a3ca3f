/// A session so far.
public struct Visit: Sendable, Equatable {
  /// In order, the newest last. Numbers from `PastSessions.itemCount` on are unknown items, each distinct one with its own.
  public let items: [UInt32]
  /// Of the newest event, seconds since 1970.
  public let time: UInt32

  public init(items: [UInt32], time: UInt32) { (self.items, self.time) = (items, time) }

  /// The distinct items from the newest on, each with the position of its newest occurrence, 0 the newest event.
  var newestFirst: [(item: UInt32, position: Int)] {
    var seen = Set<UInt32>()
    return items.reversed().enumerated().filter { seen.insert($0.element).inserted }.map { ($0.element, $0.offset) }
  }
}
