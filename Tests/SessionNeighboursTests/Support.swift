import EventLog
import Models
import Session
import SessionNeighbours
import TestSupport
import Testing

/// A past session as it is told in a test.
struct Told: Equatable {
  var items: [UInt32]
  var end: UInt32
}

extension PastSessions {
  /// Each session's items a second apart, the last one at `end`; a search for item 0 in between, which weighs nothing.
  init(_ sessions: [Told], items: Int) {
    var table = EventTable()
    table.itemIDs = (0..<items).map(String.init)
    table.sessionCount = sessions.count
    for (session, told) in sessions.enumerated() {
      for (place, item) in told.items.enumerated() {
        for (type, item) in [(EventType.search, 0), (.view, item)] {
          table.items.append(item)
          table.sessions.append(UInt32(session))
          table.types.append(type.rawValue)
          table.times.append(told.end - UInt32(told.items.count - 1 - place))
        }
      }
    }
    table.users = [UInt32](repeating: EventTable.noUser, count: table.count)
    table.regions = [UInt16](repeating: EventTable.noRegion, count: table.count)
    self.init(table, weights: .standard, parallelism: Parallelism(threads: 2))
  }
}

/// Four sessions: of items 0, 1 and 2 each stands in two of them, items 3 and 4 in one.
let four = [
  Told(items: [0, 1], end: 10), Told(items: [0, 2], end: 20), Told(items: [1, 2, 3], end: 30),
  Told(items: [4], end: 40),
]

/// Sessions over items by no rule, repeats among them, some sessions ending at the same time.
func randomSessions(_ count: Int, items: Int, _ random: inout SeededGenerator) -> [Told] {
  (0..<count).map { _ in
    Told(items: randomItems(items, &random), end: UInt32(100 + random.below(count) * 50))
  }
}

func randomItems(_ items: Int, _ random: inout SeededGenerator) -> [UInt32] {
  (0...random.below(8)).map { _ in UInt32(random.below(items)) }
}

/// `found` is the head of `all`, the oracle's scores. Sums of other order differ in their last bits, by which neighbours may swap.
func expectSame(_ found: [TopK.Entry], _ all: [UInt32: Double], limit: Int, at location: SourceLocation) {
  let ranking = all.filter { $0.value > 0 }.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
  #expect(found.count == min(limit, ranking.count), sourceLocation: location)
  for (entry, expected) in zip(found, ranking) {
    let own = all[entry.item] ?? .nan
    #expect(abs(Double(entry.score) - expected.value) <= 1e-5 * expected.value, sourceLocation: location)
    #expect(abs(Double(entry.score) - own) <= 1e-5 * own, sourceLocation: location)
  }
}
