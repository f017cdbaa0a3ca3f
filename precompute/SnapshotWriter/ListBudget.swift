import Models
import SnapshotFormat

/// Spends what is left for item lists by traffic, in entries. An entry is worth its item's share of all views times its
/// own share of the list; entries below a common threshold are dropped, the threshold being the lowest that fits.
/// Each item's leading list keeps its best entries up to `shortest`, as far as the entries go, so that each item that has a list
/// keeps one.
struct ListBudget {
  /// Entries that a list keeps, whatever its item's traffic.
  static let shortest = 4

  /// For each list of each kind, by item index: how many of its best entries are kept.
  private(set) var kept: [[Int]]
  let entriesWanted: Int
  let entriesKept: Int
  /// The part of the value of all entries that is kept, 0...1.
  let valueKept: Double

  /// - Parameters:
  ///   - kinds: the lists of each kind, and by item what one is worth.
  ///   - entries: how many to keep at most, over all lists.
  init(_ kinds: [(lists: ItemLists, value: [Float])], entries: Int) {
    let lists = kinds.map(\.lists)
    let value = kinds.map { ListBudget.values($0.lists, ofList: $0.value) }
    let rows = lists.map { list in (0..<list.count).map { list.row($0).prefix(ItemList.countMax) } }
    let leading = ListBudget.leadingKinds(rows)
    let shortest = min(ListBudget.shortest, entries / max(leading.count { $0 != nil }, 1))
    func certain(_ kind: Int, _ item: Int) -> Int { leading[item] == kind ? min(rows[kind][item].count, shortest) : 0 }
    var competing: [Float] = []
    var certainEntries = 0
    for kind in rows.indices {
      for (item, row) in rows[kind].enumerated() {
        certainEntries += certain(kind, item)
        competing += row.dropFirst(certain(kind, item)).lazy.map { value[kind][$0] }
      }
    }
    let threshold = ListBudget.threshold(competing, keeping: max(0, entries - certainEntries))
    kept = rows.indices.map { kind in
      rows[kind].enumerated().map { item, row in
        // Entries stand by descending score, and so by descending value.
        max(certain(kind, item), row.count { value[kind][$0] > threshold })
      }
    }
    entriesWanted = rows.joined().reduce(0) { $0 + $1.count }
    entriesKept = kept.joined().reduce(0, +)
    var sum = 0.0
    for (kind, rows) in rows.enumerated() {
      for (item, row) in rows.enumerated() {
        for entry in row.prefix(kept[kind][item]) { sum += Double(value[kind][entry]) }
      }
    }
    let total = value.joined().reduce(0.0) { $0 + Double($1) }
    valueKept = total > 0 ? sum / total : 1
  }

  /// By item: the first kind of which it has a list.
  private static func leadingKinds(_ rows: [[Range<Int>.SubSequence]]) -> [Int?] {
    guard let count = rows.first?.count else { return [] }
    return (0..<count).map { item in rows.indices.first { !rows[$0][item].isEmpty } }
  }

  private static func values(_ list: ItemLists, ofList worth: [Float]) -> [Float] {
    var values = [Float](repeating: 0, count: list.items.count)
    for item in 0..<list.count {
      let row = list.row(item)
      let sum = row.reduce(Float(0)) { $0 + list.scores[$1] }
      guard sum > 0 else { continue }
      for (rank, entry) in row.enumerated() {
        // Where a shop's scores are all alike, the heads of all lists come before their tails.
        values[entry] = worth[item] * list.scores[entry] / sum * (1 - Float(rank) * 0x1p-16)
      }
    }
    return values
  }

  /// The value above which at most `count` entries lie: of equals all or none are kept. Selected by the upper half of its bits and
  /// then by the lower, which takes a tenth of the time of sorting millions of them.
  private static func threshold(_ values: [Float], keeping count: Int) -> Float {
    guard count < values.count else { return -1 }
    // Bits that are in the order of the numbers.
    let keys = values.map { $0.sign == .minus ? ~$0.bitPattern : $0.bitPattern | 1 << 31 }
    let upper = select(keys.lazy.map { UInt16(truncatingIfNeeded: $0 >> 16) }, skipping: count)
    let alike = keys.lazy.filter { $0 >> 16 == UInt32(upper.key) }.map { UInt16(truncatingIfNeeded: $0) }
    let key = UInt32(upper.key) << 16 | UInt32(select(alike, skipping: count - upper.above).key)
    return Float(bitPattern: key >> 31 == 1 ? key & ~(1 << 31) : ~key)
  }

  /// The key before which `count` stand in descending order, and how many are above it.
  private static func select(_ keys: some Sequence<UInt16>, skipping count: Int) -> (key: UInt16, above: Int) {
    var counts = [Int](repeating: 0, count: 1 << 16)
    for key in keys { counts[Int(key)] += 1 }
    var (key, above) = (counts.count - 1, 0)
    while above + counts[key] <= count {
      above += counts[key]
      key -= 1
    }
    return (UInt16(key), above)
  }
}
