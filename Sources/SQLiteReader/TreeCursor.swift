import Bytes

/// A position in a b-tree and the path to it. Any file ends every walk: the path has a fixed number of levels, and
/// from one search to the next no more pages are entered than the file has.
///
/// The functions that move are kept out of line: inlined, each use of a cursor would be some kilobytes of code.
struct TreeCursor: ~Copyable {
  private struct Step {
    var page: UInt32 = 0
    /// The child that the path goes through.
    var child: UInt32 = 0
  }

  private let pages: PageSource
  private let root: UInt32
  private let tree: TreeKind
  private(set) var page = BTreePage.none
  /// Of the current cell on `page`.
  private(set) var index = 0
  /// The current cell, or nil where the cursor stands on none.
  private(set) var cell: Cell?
  private var path = InlineArray<20, Step>(repeating: Step())
  private var depth = 0
  private var visitsLeft: UInt32 = 0
  private var overflow = OverflowBuffer()

  @inline(never)
  init(_ pages: PageSource, root: UInt32, tree: TreeKind) {
    self.pages = pages
    self.root = root
    self.tree = tree
  }

  // MARK: The walk

  @inline(never)
  mutating func first() throws(SQLiteError) -> Bool {
    try enterRoot()
    try enterFirstLeaf()
    return try settle(0)
  }

  @inline(never)
  mutating func next() throws(SQLiteError) -> Bool {
    guard cell != nil else { return false }
    cell = nil
    guard page.isInterior else { return try settle(index &+ 1) }
    try enterChild(index &+ 1)
    try enterFirstLeaf()
    return try settle(0)
  }

  /// Stands on cell `index` of the current page or, where it has no such cell, on what follows the page. In a table
  /// only leaves have entries; in an index an interior cell follows the child that it closes.
  @inline(never)
  mutating func settle(_ index: Int) throws(SQLiteError) -> Bool {
    var index = index
    while index >= page.cellCount {
      guard depth > 0 else { return false }
      depth &-= 1
      page = try BTreePage(path[depth].page, in: pages)
      index = Int(truncatingIfNeeded: path[depth].child)
      if tree == .table, index < page.cellCount {
        try enterChild(index &+ 1)
        try enterFirstLeaf()
        index = 0
      }
    }
    self.index = index
    cell = try page.cell(index)
    return true
  }

  /// The current entry. The cursor must stand on one.
  @inline(never)
  mutating func record() throws(SQLiteError) -> Record {
    guard let cell else { preconditionFailure("the cursor stands on no entry") }
    return try record(cell, index)
  }

  /// The part of the current entry that stands on its page.
  @inline(never)
  mutating func localRecord() throws(SQLiteError) -> Record {
    guard let cell else { preconditionFailure("the cursor stands on no entry") }
    let payload = page.bytes.dropFirst(cell.payloadOffset).prefix(cell.localSize)
    return try Record(
      payload, at: page.offset &+ UInt64(cell.payloadOffset),
      shortage: cell.overflowPage == 0 ? .malformedRecord : .notInPlace)
  }

  // MARK: The search

  /// Back to the root page, on no cell.
  @inline(never)
  mutating func enterRoot() throws(SQLiteError) {
    cell = nil
    depth = 0
    resetVisits()
    page = try enter(root)
  }

  @inline(never)
  mutating func enterChild(_ index: Int) throws(SQLiteError) {
    guard depth < Limits.treeDepth else { throw SQLiteError(.cycle, at: page.offset) }
    path[depth] = Step(page: page.number, child: UInt32(truncatingIfNeeded: index))
    depth &+= 1
    page = try enter(page.child(index))
  }

  @inline(never)
  private mutating func enterFirstLeaf() throws(SQLiteError) {
    while page.isInterior { try enterChild(0) }
    // SQLite keeps no empty leaf but as a root: whoever walks a few entries then enters few pages.
    guard page.cellCount > 0 || depth == 0 else { throw SQLiteError(.malformedPage, at: page.offset) }
  }

  private mutating func enter(_ number: UInt32) throws(SQLiteError) -> BTreePage {
    let entered = try BTreePage(number, in: pages)
    guard entered.tree == tree else { throw SQLiteError(.wrongTree, at: entered.offset) }
    guard visitsLeft > 0 else { throw SQLiteError(.cycle, at: entered.offset) }
    visitsLeft &-= 1
    return entered
  }

  /// After a search, which may have read payloads that the walk from there on reads again.
  mutating func resetVisits() {
    visitsLeft = pages.pageCount
  }

  /// The record of cell `index` of the current page: in place, or assembled in a buffer of this cursor that the next
  /// such record overwrites.
  @inline(never)
  mutating func record(_ cell: Cell, _ index: Int) throws(SQLiteError) -> Record {
    var payload = page.bytes.dropFirst(cell.payloadOffset).prefix(cell.localSize)
    if cell.localSize < cell.payloadSize {
      payload = try overflow.assemble(cell, payload, at: page, index, in: pages, visitsLeft: &visitsLeft)
    }
    return try Record(payload, at: page.offset &+ UInt64(cell.payloadOffset))
  }
}
