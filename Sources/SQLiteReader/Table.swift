import Bytes

/// A table with rowids. Cheap to copy and to keep; cursors walk it.
public struct Table: Sendable {
  public let rootPage: UInt32
  private let pages: PageSource

  init(_ pages: PageSource, rootPage: UInt32) throws(SQLiteError) {
    try BTreePage.check(rootPage, is: .table, in: pages)
    self.pages = pages
    self.rootPage = rootPage
  }

  public func cursor() -> TableCursor {
    TableCursor(TreeCursor(pages, root: rootPage, tree: .table))
  }

  /// The BLOB in column `column` of row `rowid`, in place, or nil where there is no such row. The view lives as long
  /// as the file's bytes.
  /// - Throws: `notInPlace` for a row with overflow pages, `notABlob` for a value of another type.
  public func blob(rowid: Int64, column: Int) throws(SQLiteError) -> ByteView? {
    var cursor = cursor()
    guard try cursor.seek(rowid: rowid) else { return nil }
    guard cursor.isInPlace else { throw SQLiteError(.notInPlace, at: cursor.payloadOffset) }
    guard case .blob(let view) = try cursor.record().value(at: column) else {
      throw SQLiteError(.notABlob, at: cursor.payloadOffset)
    }
    return view
  }
}
