import Bytes

/// A walk over an index or a table WITHOUT ROWID in key order. A new cursor stands before the first entry; one that
/// has reported the end or an error stands on none.
public struct IndexCursor: ~Copyable {
  private var tree: TreeCursor
  private let order: KeyOrder?

  init(_ tree: consuming TreeCursor, order: KeyOrder?) {
    self.tree = tree
    self.order = order
  }

  /// Moves to the first entry; false in an empty index.
  @inline(never)
  public mutating func first() throws(SQLiteError) -> Bool {
    try tree.first()
  }

  /// Moves to the next entry; false at the end.
  @inline(never)
  public mutating func next() throws(SQLiteError) -> Bool {
    try tree.next()
  }

  /// Moves to the first entry whose leading columns are `key` or follow it; false where there is none.
  /// - Throws: `unknownKeyOrder` where the schema leaves the order open and the caller has not given it.
  @inline(never)
  public mutating func seek(atOrAfter key: Span<Value>) throws(SQLiteError) -> Bool {
    try tree.enterRoot()
    while true {
      var (low, high) = (0, tree.page.cellCount)
      while low < high {
        let middle = (low &+ high) / 2
        if try compare(middle, key) < 0 { low = middle &+ 1 } else { high = middle }
      }
      guard tree.page.isInterior else {
        tree.resetVisits()
        return try tree.settle(low)
      }
      try tree.enterChild(low)
    }
  }

  /// Whether the leading columns of the current entry are `key`. The cursor must stand on one.
  @inline(never)
  public mutating func matches(_ key: Span<Value>) throws(SQLiteError) -> Bool {
    precondition(isValid, "the cursor stands on no entry")
    return try compare(tree.index, key) == 0
  }

  /// Whether the cursor stands on an entry.
  public var isValid: Bool { tree.cell != nil }

  /// Whether all of the current entry is on one page, so that views of its values last as long as the file.
  public var isInPlace: Bool { tree.cell?.overflowPage == 0 }

  /// The current entry, valid until the cursor moves or goes. The cursor must stand on one.
  @inline(never)
  public mutating func record() throws(SQLiteError) -> Record {
    try tree.record()
  }

  /// Entry `index` of the current page against a key, in the order of the index.
  @inline(never)
  private mutating func compare(_ index: Int, _ key: Span<Value>) throws(SQLiteError) -> Int {
    guard let order else { throw SQLiteError(.unknownKeyOrder, at: tree.page.offset) }
    var values = try tree.record(tree.page.cell(index), index).values
    for column in 0..<key.count {
      guard let value = try values.next() else { return -1 }
      let difference = value.compare(key[column])
      guard difference == 0 else { return order.descending &>> UInt64(column) & 1 == 0 ? difference : 0 &- difference }
    }
    return 0
  }
}
