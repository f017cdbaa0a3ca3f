import Bytes

/// In which order the columns of an index b-tree are sorted. All collations are BINARY.
public struct KeyOrder: Sendable {
  /// Bit `i` is set where column `i` is sorted in descending order, for the first 64 columns.
  let descending: UInt64

  public init(descending: UInt64) {
    self.descending = descending
  }

  public static var ascending: KeyOrder { KeyOrder(descending: 0) }
}

/// An index, or a table WITHOUT ROWID, which is stored as one: primary key columns first, then the others.
/// The entries of an index end with the rowid of their row (or the missing primary key columns).
public struct Index: Sendable {
  public let rootPage: UInt32
  /// Nil where the schema says DESC or COLLATE: which columns that touches is for the caller to know.
  public let order: KeyOrder?
  private let pages: PageSource

  init(_ pages: PageSource, rootPage: UInt32, order: KeyOrder?) throws(SQLiteError) {
    try BTreePage.check(rootPage, is: .index, in: pages)
    self.pages = pages
    self.rootPage = rootPage
    self.order = order
  }

  public func cursor() -> IndexCursor {
    IndexCursor(TreeCursor(pages, root: rootPage, tree: .index), order: order)
  }

  /// A cursor that searches in `order`, whatever the schema says.
  public func cursor(order: KeyOrder) -> IndexCursor {
    IndexCursor(TreeCursor(pages, root: rootPage, tree: .index), order: order)
  }
}
