import Bytes

/// A walk over a table in the order of its rowids. A new cursor stands before the first row; one that has reported
/// the end or an error stands on none.
public struct TableCursor: ~Copyable {
  private var tree: TreeCursor

  init(_ tree: consuming TreeCursor) {
    self.tree = tree
  }

  /// Moves to the row with the least rowid; false in an empty table.
  @inline(never)
  public mutating func first() throws(SQLiteError) -> Bool {
    try tree.first()
  }

  /// Moves to the next row; false at the end.
  @inline(never)
  public mutating func next() throws(SQLiteError) -> Bool {
    try tree.next()
  }

  /// Moves to the row `rowid`; false where there is none.
  @inline(never)
  public mutating func seek(rowid: Int64) throws(SQLiteError) -> Bool {
    let index = try search(rowid)
    guard index < tree.page.cellCount, try tree.page.rowid(index) == rowid else { return false }
    return try tree.settle(index)
  }

  /// Moves to the first row whose rowid is `rowid` or greater; false where there is none.
  @inline(never)
  public mutating func seek(atOrAfter rowid: Int64) throws(SQLiteError) -> Bool {
    try tree.settle(search(rowid))
  }

  /// Whether the cursor stands on a row.
  public var isValid: Bool { tree.cell != nil }

  /// Of the current row. The cursor must stand on one.
  public var rowid: Int64 { current.rowid }

  /// The current row, valid until the cursor moves or goes.
  @inline(never)
  public mutating func record() throws(SQLiteError) -> Record {
    try tree.record()
  }

  /// What of the current row stands on its leaf page: views of its values last as long as the file, and nothing is
  /// copied. A value that continues on overflow pages is `notInPlace`.
  @inline(never)
  public mutating func localRecord() throws(SQLiteError) -> Record {
    try tree.localRecord()
  }

  /// Whether all of the current row is on one page, so that views of its values last as long as the file.
  public var isInPlace: Bool { current.overflowPage == 0 }

  /// Of the current row, in the file.
  var payloadOffset: UInt64 { tree.page.offset &+ UInt64(current.payloadOffset) }

  private var current: Cell {
    guard let cell = tree.cell else { preconditionFailure("the cursor stands on no row") }
    return cell
  }

  /// The leaf where `rowid` belongs becomes the current page; gives the index of the first cell not below it.
  @inline(never)
  private mutating func search(_ rowid: Int64) throws(SQLiteError) -> Int {
    try tree.enterRoot()
    while true {
      var (low, high) = (0, tree.page.cellCount)
      if high > 0 {
        // Rows without gaps stand where their numbers say.
        let place = rowid &- (try tree.page.rowid(0))
        if place >= 0, place < Int64(high), try tree.page.rowid(Int(place)) == rowid {
          low = Int(place)
          high = low
        }
      }
      while low < high {
        let middle = (low &+ high) / 2
        if try tree.page.rowid(middle) < rowid { low = middle &+ 1 } else { high = middle }
      }
      guard tree.page.isInterior else { return low }
      try tree.enterChild(low)
    }
  }
}
