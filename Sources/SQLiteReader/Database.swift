import Bytes

/// A SQLite 3 database in memory, read in place. The owner of the bytes must outlive it and all that it gives.
///
/// Opening checks the header and allocates nothing. Malformed bytes give a `SQLiteError` when they are met. To see
/// rows:
///
///     guard let items = try database.table("items") else { return }
///     var cursor = items.cursor()
///     var found = try cursor.first()
///     while found {
///       let name = try cursor.record().value(at: 1)
///       found = try cursor.next()
///     }
public struct Database: Sendable {
  public let header: FileHeader
  public let pages: PageSource

  public init(_ file: ByteView) throws(SQLiteError) {
    header = try FileHeader(file)
    pages = PageSource(file, header)
  }

  public func schema() -> SchemaCursor {
    SchemaCursor(pages)
  }

  /// The rowid table of that name, or nil. ASCII letters are the same in both cases.
  /// - Throws: `wrongTree` for a table WITHOUT ROWID.
  public func table(_ name: ByteView) throws(SQLiteError) -> Table? {
    var schema = schema()
    guard let entry = try schema.next(.table, named: name) else { return nil }
    return try Table(pages, rootPage: entry.rootPage)
  }

  /// The same without reading overflow pages, for programs that need no others and want to stay small: pages of 4096
  /// bytes and more hold the names of all tables in place.
  /// - Throws: `notInPlace` where a page is so small that a name continues elsewhere.
  public func localTable(_ name: StaticString) throws(SQLiteError) -> Table? {
    var schema = schema()
    guard let page = try schema.rootPage(ofTable: ByteView(name)) else { return nil }
    return try Table(pages, rootPage: page)
  }

  public func table(_ name: StaticString) throws(SQLiteError) -> Table? {
    try table(ByteView(name))
  }

  /// The table WITHOUT ROWID of that name, or nil.
  /// - Throws: `wrongTree` for a table with rowids.
  public func tableWithoutRowid(_ name: ByteView) throws(SQLiteError) -> Index? {
    var schema = schema()
    guard let entry = try schema.next(.table, named: name) else { return nil }
    return try Index(pages, rootPage: entry.rootPage, order: mentionsKeyOrder(entry.sql) ? nil : .ascending)
  }

  public func tableWithoutRowid(_ name: StaticString) throws(SQLiteError) -> Index? {
    try tableWithoutRowid(ByteView(name))
  }

  /// The index of that name, or nil. An index takes over the collations of its table's columns, and those of
  /// constraints stand in the table's definition alone: both definitions count.
  public func index(named name: ByteView) throws(SQLiteError) -> Index? {
    var schema = schema()
    guard let entry = try schema.next(.index, named: name) else { return nil }
    var tables = self.schema()
    guard let table = try tables.next(.table, named: entry.tableName) else {
      throw SQLiteError(.malformedSchema, at: pages.offset(of: entry.rootPage))
    }
    let isOpen = mentionsKeyOrder(entry.sql) || mentionsKeyOrder(table.sql)
    return try Index(pages, rootPage: entry.rootPage, order: isOpen ? nil : .ascending)
  }

  public func index(named name: StaticString) throws(SQLiteError) -> Index? {
    try index(named: ByteView(name))
  }
}
