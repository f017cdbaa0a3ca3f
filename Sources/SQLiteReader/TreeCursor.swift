import Bytes

/// A position in a b-tree and the path to it. Any file ends every walk: the path has a fixed number of levels, and
/// from one seek to the next no more pages are entered than the file has.
struct TreeCursor: ~Copyable {
  private struct Step {
    var page: UInt32 = 0
    /// The child that the path goes through.
    var child: UInt16 = 0
  }

  let pages: PageSource
  private let root: UInt32
  private let tree: TreeKind
  private(set) var page: BTreePage
  private var path = InlineArray<20, Step>(repeating: Step())
  private var depth = 0
  private var visitsLeft: UInt32
  private var overflow: OverflowBuffer

  init(_ pages: PageSource, root: UInt32, tree: TreeKind) throws(SQLiteError) {
    let page = try BTreePage(root, in: pages)
    guard page.tree == tree else { throw SQLiteError(.wrongTree, at: page.offset) }
    self.pages = pages
    self.root = root
    self.tree = tree
    self.page = page
    visitsLeft = pages.header.pageCount
    overflow = OverflowBuffer()
  }

  /// Back to the root page.
  @inline(never)
  mutating func enterRoot() throws(SQLiteError) {
    depth = 0
    resetVisits()
    if page.number != root { page = try enter(root) }
  }

  /// After a search, which may have read payloads that the scan from here on reads again.
  mutating func resetVisits() {
    visitsLeft = pages.header.pageCount
  }

  @inline(never)
  mutating func enterChild(_ index: Int) throws(SQLiteError) {
    guard depth < Limits.treeDepth else { throw SQLiteError(.cycle, at: page.offset) }
    path[depth] = Step(page: page.number, child: UInt16(truncatingIfNeeded: index))
    depth &+= 1
    page = try enter(page.child(index))
  }

  @inline(never)
  mutating func enterFirstLeaf() throws(SQLiteError) {
    while page.isInterior { try enterChild(0) }
  }

  /// Up from a page that has no entry left. Gives the index of the next entry, then on `page`, or nil at the end.
  /// In a table only leaves have entries; in an index an interior cell follows the child that it closes.
  @inline(never)
  mutating func leave() throws(SQLiteError) -> Int? {
    while depth > 0 {
      depth &-= 1
      page = try BTreePage(path[depth].page, in: pages)
      let child = Int(path[depth].child)
      guard child < page.cellCount else { continue }
      if tree == .index { return child }
      try enterChild(child &+ 1)
      try enterFirstLeaf()
      if page.cellCount > 0 { return 0 }
    }
    return nil
  }

  /// The payload of cell `index` of the current page: in place, or assembled in a buffer of this cursor that
  /// the next such payload overwrites.
  @inline(never)
  mutating func payload(_ cell: Cell, _ index: Int) throws(SQLiteError) -> ByteView {
    let local = page.bytes.dropFirst(cell.payloadOffset).prefix(cell.localSize)
    guard cell.localSize < cell.payloadSize else { return local }
    return try overflow.assemble(cell, local, at: page, index, in: pages, visitsLeft: &visitsLeft)
  }

  private mutating func enter(_ number: UInt32) throws(SQLiteError) -> BTreePage {
    let entered = try BTreePage(number, in: pages)
    guard entered.tree == tree else { throw SQLiteError(.wrongTree, at: entered.offset) }
    guard visitsLeft > 0 else { throw SQLiteError(.cycle, at: entered.offset) }
    visitsLeft &-= 1
    return entered
  }
}
