import Bytes

/// A SQLite 3 database in memory, read in place. The owner of the bytes must outlive it and all that it gives.
///
/// Opening checks the header and allocates nothing. Malformed bytes give a `SQLiteError` when they are met. To see
/// rows:
///
///     guard let items = try database.table("items") else { return }
///     var cursor = try items.cursor()
///     var found = try cursor.first()
///     while found {
///       let name = try cursor.record().value(at: 1)
///       found = try cursor.next()
///     }
public struct Database: Sendable {
  public let pages: PageSource

  public init(_ file: ByteView) throws(SQLiteError) {
    pages = try PageSource(file)
  }

  public var header: FileHeader { pages.header }

  public func schema() throws(SQLiteError) -> SchemaCursor {
    try SchemaCursor(pages)
  }

  /// The rowid table of that name, or nil. ASCII letters are the same in both cases.
  /// - Throws: `wrongTree` for a table WITHOUT ROWID.
  public func table(_ name: ByteView) throws(SQLiteError) -> Table? {
    var schema = try schema()
    guard let entry = try schema.next(.table, named: name) else { return nil }
    let table = Table(pages, rootPage: entry.rootPage)
    _ = try table.cursor()
    return table
  }

  public func table(_ name: StaticString) throws(SQLiteError) -> Table? {
    try table(ByteView(name))
  }

  /// The table WITHOUT ROWID of that name, or nil.
  /// - Throws: `wrongTree` for a table with rowids.
  public func tableWithoutRowid(_ name: ByteView) throws(SQLiteError) -> Index? {
    var schema = try schema()
    guard let entry = try schema.next(.table, named: name) else { return nil }
    return try index(entry.rootPage, ordered: !mentionsKeyOrder(entry.sql))
  }

  public func tableWithoutRowid(_ name: StaticString) throws(SQLiteError) -> Index? {
    try tableWithoutRowid(ByteView(name))
  }

  /// The index of that name, or nil. An index takes over the collations of its table's columns, and those of
  /// constraints stand in the table's definition alone: both definitions count.
  public func index(named name: ByteView) throws(SQLiteError) -> Index? {
    var schema = try schema()
    guard let entry = try schema.next(.index, named: name) else { return nil }
    var tables = try self.schema()
    guard let table = try tables.next(.table, named: entry.tableName) else {
      throw SQLiteError(.malformedSchema, at: pages.offset(of: entry.rootPage))
    }
    return try index(entry.rootPage, ordered: !mentionsKeyOrder(entry.sql) && !mentionsKeyOrder(table.sql))
  }

  public func index(named name: StaticString) throws(SQLiteError) -> Index? {
    try index(named: ByteView(name))
  }

  private func index(_ rootPage: UInt32, ordered: Bool) throws(SQLiteError) -> Index {
    let index = Index(pages, rootPage: rootPage, order: ordered ? .ascending : nil)
    _ = try index.cursor()
    return index
  }
}
