import EventLog
import Foundation
import Models
import Session
import TestSupport
import Testing

/// A table built event by event; ids are the numbers' decimal names.
struct TableBuilder {
  var table = EventTable()

  init(items: Int, sessions: Int, users: Int = 0, regions: [String] = []) {
    table.itemIDs = (0..<items).map(String.init)
    table.sessionCount = sessions
    table.userCount = users
    table.regionNames = regions
  }

  mutating func add(
    item: Int, session: Int, user: Int? = nil, region: Int? = nil, _ type: EventType = .view, at time: Int = 0
  ) {
    table.items.append(UInt32(item))
    table.sessions.append(UInt32(session))
    table.users.append(user.map { UInt32($0) } ?? EventTable.noUser)
    table.regions.append(region.map { UInt16($0) } ?? EventTable.noRegion)
    table.types.append(type.rawValue)
    table.times.append(UInt32(time))
  }

  /// Each session's items in order, a second apart.
  static func sessions(_ sessions: [[Int]], items: Int, _ type: EventType = .view) -> EventTable {
    var builder = TableBuilder(items: items, sessions: sessions.count)
    for (session, list) in sessions.enumerated() {
      for (position, item) in list.enumerated() { builder.add(item: item, session: session, type, at: position) }
    }
    return builder.table
  }
}

/// A random table, with times out of order, unknown users and regions, and every event type.
func randomTable(seed: UInt64, events: Int, items: Int, sessions: Int, users: Int = 7, regions: Int = 4) -> EventTable {
  var random = SeededGenerator(seed)
  var builder = TableBuilder(items: items, sessions: sessions, users: users, regions: (0..<regions).map { "r\($0)" })
  for _ in 0..<events {
    builder.add(
      item: .random(in: 0..<items, using: &random), session: .random(in: 0..<sessions, using: &random),
      user: users > 0 && Bool.random(using: &random) ? .random(in: 0..<users, using: &random) : nil,
      region: Int.random(in: 0..<5, using: &random) > 0 ? .random(in: 0..<regions, using: &random) : nil,
      EventType.allCases.randomElement(using: &random)!, at: .random(in: 0..<100_000, using: &random))
  }
  return builder.table
}

extension ItemLists {
  func pairs(_ item: Int) -> [TopK.Entry] {
    row(item).map { TopK.Entry(item: items[$0], score: scores[$0]) }
  }
}

extension Catalogue {
  /// Plain items, some of them never recommended, some unavailable.
  init(items: Int, never: [Int] = [], unavailable: [Int] = []) {
    self.init()
    self.items = [Item](repeating: Item(), count: items)
    for item in never { self.items[item].isNeverRecommended = true }
    for item in unavailable { self.items[item].isAvailable = false }
  }
}

/// Gaussian elimination with pivoting, the oracle of every linear solver.
func denseSolve(_ matrix: [Double], _ vector: [Double]) -> [Double] {
  let n = vector.count
  var rows = (0..<n).map { Array(matrix[$0 * n..<($0 + 1) * n]) + [vector[$0]] }
  for column in 0..<n {
    rows.swapAt(column, (column..<n).max { abs(rows[$0][column]) < abs(rows[$1][column]) }!)
    for row in 0..<n where row != column {
      let factor = rows[row][column] / rows[column][column]
      for index in column...n { rows[row][index] -= factor * rows[column][index] }
    }
  }
  return (0..<n).map { rows[$0][n] / rows[$0][$0] }
}

/// `found` is the head of `all`, the oracle's whole ranking. Sums of other order differ in their last bits, by which
/// neighbours may swap: so each place has its score, and each item its own.
func expectSame(_ found: [TopK.Entry], _ all: [TopK.Entry], length: Int, at location: SourceLocation = #_sourceLocation)
{
  #expect(found.count == min(length, all.count), sourceLocation: location)
  let scores = Dictionary(uniqueKeysWithValues: all.map { ($0.item, $0.score) })
  for (entry, expected) in zip(found, all) {
    let own = scores[entry.item] ?? .nan
    #expect(abs(entry.score - expected.score) <= 1e-5 * expected.score, sourceLocation: location)
    #expect(abs(entry.score - own) <= 1e-5 * own, sourceLocation: location)
  }
}
