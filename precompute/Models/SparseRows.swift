/// Items with values in compressed rows, in whatever order they were appended.
struct SparseRows: Sendable {
  private var offsets: [Int] = [0]
  private(set) var items: [UInt32] = []
  private(set) var values: [Float] = []

  var count: Int { offsets.count - 1 }

  func row(_ index: Int) -> Range<Int> { offsets[index]..<offsets[index + 1] }

  @inline(__always)
  func forEach(inRow index: Int, _ body: (UInt32, Float) -> Void) {
    items.withUnsafeBufferPointer { items in
      values.withUnsafeBufferPointer { values in
        for entry in row(index) { body(items[entry], values[entry]) }
      }
    }
  }

  mutating func append(row entries: some Sequence<(item: UInt32, value: Float)>) {
    for entry in entries {
      items.append(entry.item)
      values.append(entry.value)
    }
    offsets.append(items.count)
  }

  mutating func append(contentsOf other: SparseRows) {
    let base = items.count
    items += other.items
    values += other.values
    offsets += other.offsets.dropFirst().map { base + $0 }
  }

  /// The best `length` of each column as a list; there are as many columns as rows.
  func bestOfColumns(length: Int, parallelism: Parallelism) -> ItemLists {
    let columns = Grouping(items, groupCount: count)
    var rows = [UInt32](repeating: 0, count: items.count)
    for index in 0..<count { for entry in row(index) { rows[entry] = UInt32(index) } }
    let parts = parallelism.mapChunks(of: count, size: 1024, scratch: { TopK(limit: length) }) { best, range in
      var lists = ItemLists()
      for column in range {
        for entry in columns[column] { best.offer(item: rows[Int(entry)], score: values[Int(entry)]) }
        lists.append(row: best.drain())
      }
      return lists
    }
    return parts.reduce(into: ItemLists()) { $0.append(contentsOf: $1) }
  }
}
