import Bytes

/// The two kinds of b-tree: tables by rowid, and records by their own order (indexes and WITHOUT ROWID tables).
enum TreeKind {
  case table, index
}

/// A page of a b-tree with its header checked: every cell pointer lies inside the page.
struct BTreePage {
  let bytes: ByteView
  let number: UInt32
  /// Of the page, in the file.
  let offset: UInt64
  let tree: TreeKind
  let isInterior: Bool
  let cellCount: Int
  /// Of the array of cell pointers, in the page.
  private let pointers: Int

  /// In place of a page, before the first: without cells.
  static var none: BTreePage { BTreePage() }

  private init() {
    (bytes, number, offset, tree, isInterior, cellCount, pointers) = (.empty, 0, 0, .table, false, 0, 0)
  }

  @inline(never)
  init(_ number: UInt32, in pages: PageSource) throws(SQLiteError) {
    bytes = try pages.page(number)
    self.number = number
    offset = pages.offset(of: number)
    let start = number == 1 ? Limits.headerSize : 0
    switch bytes[start] {
    case 2: (tree, isInterior) = (.index, true)
    case 5: (tree, isInterior) = (.table, true)
    case 10: (tree, isInterior) = (.index, false)
    case 13: (tree, isInterior) = (.table, false)
    default: throw SQLiteError(.malformedPage, at: offset &+ UInt64(start))
    }
    cellCount = Int(bytes.u16be(start + 3))
    pointers = start + (isInterior ? 12 : 8)
    guard bytes.has(pointers, 2 &* cellCount) else {
      throw SQLiteError(.malformedPage, at: offset &+ UInt64(start + 3))
    }
  }

  /// Throws `wrongTree` where page `number` is not of a b-tree of that kind.
  static func check(_ number: UInt32, is tree: TreeKind, in pages: PageSource) throws(SQLiteError) {
    let page = try BTreePage(number, in: pages)
    guard page.tree == tree else { throw SQLiteError(.wrongTree, at: page.offset) }
  }

  /// Offset in the page of cell `index`, behind the cell pointers.
  func cellOffset(_ index: Int) throws(SQLiteError) -> Int {
    let cell = Int(bytes.u16be(pointers &+ 2 &* index))
    guard cell >= pointers &+ 2 &* cellCount, bytes.has(cell, 4) else { throw malformedCell(index) }
    return cell
  }

  /// The page of child `index` of an interior page; the one after the last cell is the rightmost child.
  func child(_ index: Int) throws(SQLiteError) -> UInt32 {
    bytes.u32be(index < cellCount ? try cellOffset(index) : pointers &- 4)
  }

  /// The fault lies in the cell or in the pointer to it; the pointer is the part that is surely inside the page.
  func malformedCell(_ index: Int) -> SQLiteError {
    SQLiteError(.malformedCell, at: offset &+ UInt64(pointers &+ 2 &* index))
  }
}
