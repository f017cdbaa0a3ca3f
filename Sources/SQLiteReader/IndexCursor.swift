import Bytes

/// A walk over an index or a table WITHOUT ROWID in key order. A new cursor stands before the first entry; one that
/// has reported the end or an error stands on none.
public struct IndexCursor: ~Copyable {
  private var tree: TreeCursor
  private let order: KeyOrder?
  private var index = 0
  private var cell: Cell?

  @inline(never)
  init(_ pages: PageSource, root: UInt32, order: KeyOrder?) throws(SQLiteError) {
    tree = try TreeCursor(pages, root: root, tree: .index)
    self.order = order
  }

  /// Moves to the first entry; false in an empty index.
  @inline(never)
  public mutating func first() throws(SQLiteError) -> Bool {
    cell = nil
    try tree.enterRoot()
    try tree.enterFirstLeaf()
    return try settle(0)
  }

  /// Moves to the next entry; false at the end.
  @inline(never)
  public mutating func next() throws(SQLiteError) -> Bool {
    guard cell != nil else { return false }
    cell = nil
    guard tree.page.isInterior else { return try settle(index &+ 1) }
    try tree.enterChild(index &+ 1)
    try tree.enterFirstLeaf()
    return try settle(0)
  }

  /// Moves to the first entry whose leading columns are `key` or follow it; false where there is none.
  /// - Throws: `unknownKeyOrder` where the schema leaves the order open and the caller has not given it.
  @inline(never)
  public mutating func seek(atOrAfter key: Span<Value>) throws(SQLiteError) -> Bool {
    cell = nil
    try tree.enterRoot()
    while true {
      var (low, high) = (0, tree.page.cellCount)
      while low < high {
        let middle = (low &+ high) / 2
        if try compare(middle, key) < 0 { low = middle &+ 1 } else { high = middle }
      }
      guard tree.page.isInterior else {
        tree.resetVisits()
        return try settle(low)
      }
      try tree.enterChild(low)
    }
  }

  /// Whether the leading columns of the current entry are `key`.
  @inline(never)
  public mutating func matches(_ key: Span<Value>) throws(SQLiteError) -> Bool {
    try compare(index, key) == 0
  }

  /// Whether the cursor stands on an entry.
  public var isValid: Bool { cell != nil }

  /// Whether all of the current entry is on one page, so that views of its values last as long as the file.
  public var isInPlace: Bool { cell?.overflowPage == 0 }

  /// The current entry, valid until the cursor moves. The cursor must stand on one.
  @inline(never)
  public mutating func record() throws(SQLiteError) -> Record {
    guard let cell else { preconditionFailure("the cursor stands on no entry") }
    return try record(cell, index)
  }

  @inline(never)
  private mutating func record(_ cell: Cell, _ index: Int) throws(SQLiteError) -> Record {
    try Record(tree.payload(cell, index), at: tree.page.offset &+ UInt64(cell.payloadOffset))
  }

  /// Entry `index` of the current page against a key, in the order of the index.
  @inline(never)
  private mutating func compare(_ index: Int, _ key: Span<Value>) throws(SQLiteError) -> Int {
    guard let order else { throw SQLiteError(.unknownKeyOrder, at: tree.page.offset) }
    var values = try record(tree.page.cell(index), index).values
    for column in 0..<key.count {
      guard let value = try values.next() else { return -1 }
      let difference = value.compare(key[column])
      guard difference == 0 else { return order.descending >> UInt64(column) & 1 == 0 ? difference : 0 &- difference }
    }
    return 0
  }

  /// Stands on cell `index` of the current page, or on what follows it in the tree.
  @inline(never)
  private mutating func settle(_ index: Int) throws(SQLiteError) -> Bool {
    self.index = index
    if index >= tree.page.cellCount {
      guard let following = try tree.leave() else { return false }
      self.index = following
    }
    cell = try tree.page.cell(self.index)
    return true
  }
}
