/// A ranked list of items for each item, in compressed rows; within a row by descending score, then ascending item.
public struct ItemLists: Sendable, Equatable {
  /// One more than there are items; row `i` is at `offsets[i]..<offsets[i + 1]`.
  public private(set) var offsets: [UInt32] = [0]
  public private(set) var items: [UInt32] = []
  public private(set) var scores: [Float] = []

  public init() {}

  /// A list without entries for each of `count` items.
  public init(emptyRows count: Int) { offsets = [UInt32](repeating: 0, count: count + 1) }

  public var isEmpty: Bool { items.isEmpty }

  public var count: Int { offsets.count - 1 }

  public func row(_ item: Int) -> Range<Int> { Int(offsets[item])..<Int(offsets[item + 1]) }

  public mutating func append(row entries: [TopK.Entry]) {
    for entry in entries {
      items.append(entry.item)
      scores.append(entry.score)
    }
    offsets.append(UInt32(items.count))
  }

  mutating func append(contentsOf other: ItemLists) {
    let base = UInt32(items.count)
    items += other.items
    scores += other.scores
    offsets += other.offsets.dropFirst().map { base + $0 }
  }
}
