import Bytes

/// A row of `sqlite_schema`. The views are valid until the cursor that gave it moves.
public struct SchemaEntry {
  public enum Kind: Sendable {
    case table, index, view, trigger
  }

  public let kind: Kind
  public let name: ByteView
  /// Of the table that an index or trigger belongs to; else the same as `name`.
  public let tableName: ByteView
  /// 0 for views, triggers and virtual tables.
  public let rootPage: UInt32
  /// Empty for the indexes that constraints make.
  public let sql: ByteView

  init(_ record: Record) throws(SQLiteError) {
    var values = record.values
    guard case .text(let type) = try values.next(), let kind = Self.kind(type),
      case .text(let name) = try values.next(), case .text(let tableName) = try values.next(),
      let rootPage = Self.page(try values.next()), let sql = Self.sql(try values.next())
    else { throw SQLiteError(.malformedSchema, at: record.offset) }
    self.kind = kind
    self.name = name
    self.tableName = tableName
    self.rootPage = rootPage
    self.sql = sql
  }

  private static func kind(_ type: ByteView) -> Kind? {
    if type.equals("table") { return .table }
    if type.equals("index") { return .index }
    if type.equals("view") { return .view }
    return type.equals("trigger") ? .trigger : nil
  }

  fileprivate static func page(_ value: Value?) -> UInt32? {
    switch value {
    case .null: 0
    case .integer(let page): UInt32(exactly: page)
    default: nil
    }
  }

  private static func sql(_ value: Value?) -> ByteView? {
    switch value {
    case .null: .empty
    case .text(let sql): sql
    default: nil
    }
  }
}

/// A walk over `sqlite_schema`, in the order of its rows.
public struct SchemaCursor: ~Copyable {
  private var rows: TableCursor
  private var started = false

  init(_ pages: PageSource) {
    rows = TableCursor(TreeCursor(pages, root: 1, tree: .table))
  }

  /// The next object, or nil after the last.
  @inline(never)
  public mutating func next() throws(SQLiteError) -> SchemaEntry? {
    let found = started ? try rows.next() : try rows.first()
    started = true
    return found ? try SchemaEntry(rows.record()) : nil
  }

  /// The root page of the table of that name, or nil. What tells it stands at the start of a row: a definition so long
  /// that it overflows is not read, and more than `Limits.schemaEntries` entries are a `malformedSchema`.
  @inline(never)
  mutating func rootPage(ofTable name: ByteView) throws(SQLiteError) -> UInt32? {
    var found = try rows.first()
    var left = Limits.schemaEntries
    while found {
      guard left > 0 else { throw SQLiteError(.malformedSchema, at: 0) }
      left &-= 1
      let record = try rows.localRecord()
      var values = record.values
      if case .text(let type) = try values.next(), type.equals("table"), case .text(let candidate) = try values.next(),
        equalsIgnoringCase(candidate, name)
      {
        _ = try values.next()
        guard let page = SchemaEntry.page(try values.next()) else {
          throw SQLiteError(.malformedSchema, at: record.offset)
        }
        return page
      }
      found = try rows.next()
    }
    return nil
  }

  /// The next object of a kind and name. As in SQL, ASCII letters are the same in both cases.
  @inline(never)
  mutating func next(_ kind: SchemaEntry.Kind, named name: ByteView) throws(SQLiteError) -> SchemaEntry? {
    while let entry = try next() {
      if entry.kind == kind, equalsIgnoringCase(entry.name, name) { return entry }
    }
    return nil
  }
}

/// Whether a definition says DESC or COLLATE anywhere. It errs on the side of yes: the words may stand in a comment or
/// a quoted name, and then only the order has to be given.
func mentionsKeyOrder(_ sql: ByteView) -> Bool {
  var start = 0
  for end in 0...sql.count where end == sql.count || !isWordByte(sql[end]) {
    let word = sql.dropFirst(start).prefix(end - start)
    if word.equalsIgnoringCase("desc") || word.equalsIgnoringCase("collate") { return true }
    start = end + 1
  }
  return false
}

private func isWordByte(_ byte: UInt8) -> Bool {
  byte >= 0x80 || byte == 0x5F || byte == 0x24 || 0x30...0x39 ~= byte || 0x61...0x7A ~= asciiLowercased(byte)
}

private func equalsIgnoringCase(_ a: ByteView, _ b: ByteView) -> Bool {
  guard a.count == b.count else { return false }
  for index in 0..<a.count where asciiLowercased(a[index]) != asciiLowercased(b[index]) { return false }
  return true
}
