import Bytes
import SQLiteReader
import SnapshotFormat

/// An opened file of any kind: what all kinds share.
struct SnapshotFile {
  let database: Database
  let pageSize: Int
  let kind: FileKind
  /// 16 hexadecimal digits.
  let generation: ByteView

  init(_ bytes: ByteView) throws(SnapshotError) {
    database = try reading("sqlite_schema") { () throws(SQLiteError) in try Database(bytes) }
    pageSize = database.header.pageSize
    // Offsets of user_version and application_id in SQLite's header, whose 100 bytes are there once it has opened.
    guard bytes.u32be(68) == FormatVersion.applicationID else { throw SnapshotError(.notASnapshot) }
    guard bytes.u32be(60) == FormatVersion.current else { throw SnapshotError(.unknownFormatVersion) }
    let meta = Meta(database: database)
    let name = try meta.text(MetaKey.kind)
    var found: FileKind?
    for kind in FileKind.allCases where name.equals(kind.name) { found = kind }
    guard let found else { throw SnapshotError(.badValue, table: MetaKey.kind) }
    kind = found
    generation = try meta.text(MetaKey.generation)
  }

  var meta: Meta { Meta(database: database) }

  /// A rowid table that has to be there.
  func table(_ name: StaticString) throws(SnapshotError) -> Table {
    let table = try reading(name) { () throws(SQLiteError) in try database.table(name) }
    guard let table else { throw SnapshotError(.missingTable, table: name) }
    return table
  }

  /// A table without rowid that has to be there.
  func keyed(_ name: StaticString) throws(SnapshotError) -> Index {
    let table = try reading(name) { () throws(SQLiteError) in try database.tableWithoutRowid(name) }
    guard let table else { throw SnapshotError(.missingTable, table: name) }
    return table
  }

  /// An index that has to be there.
  func index(_ name: StaticString) throws(SnapshotError) -> Index {
    let index = try reading(name) { () throws(SQLiteError) in try database.index(named: name) }
    guard let index else { throw SnapshotError(.missingTable, table: name) }
    return index
  }

  /// Calls `body` with the cursor on each row.
  func forEachRow(
    of name: StaticString, _ body: (inout TableCursor) throws(SQLiteError) -> Void
  ) throws(SnapshotError) {
    let table = try table(name)
    try reading(name) { () throws(SQLiteError) in
      var cursor = try table.cursor()
      var found = try cursor.first()
      while found {
        try body(&cursor)
        found = try cursor.next()
      }
    }
  }

  /// The BLOBs of a block table in order, each in place; blocks are numbered from 0 without a gap.
  func blocks(of name: StaticString) throws(SnapshotError) -> [ByteView] {
    var blocks: [ByteView] = []
    var complete = true
    try forEachRow(of: name) { (cursor) throws(SQLiteError) in
      guard cursor.rowid == Int64(blocks.count), cursor.isInPlace,
        case .blob(let data)? = try cursor.record().value(at: 1)
      else {
        complete = false
        return
      }
      blocks.append(data)
    }
    guard complete else { throw SnapshotError(.badValue, table: name) }
    return blocks
  }
}

extension Table {
  /// The BLOB in column 1 of row `row`, in place; empty where there is none or it is damaged.
  func list(_ row: Int64) -> ByteView {
    do { return try blob(rowid: row, column: 1) ?? .empty } catch { return .empty }
  }

  /// The text in column `column` of row `row`, in place; empty where there is none or it is damaged.
  func text(_ row: Int64, column: Int) -> ByteView {
    do {
      var cursor = try cursor()
      guard try cursor.seek(rowid: row), cursor.isInPlace, case .text(let text)? = try cursor.record().value(at: column)
      else { return .empty }
      return text
    } catch { return .empty }
  }
}

extension Index {
  /// The value in column `column` of the entry whose first column is `key`; nil where there is none. An entry
  /// that has overflowed counts as none: its bytes would go with the cursor.
  func value(under key: ByteView, column: Int) throws(SQLiteError) -> Value? {
    var cursor = try cursor()
    let keys: InlineArray<1, Value> = [.text(key)]
    guard try cursor.seek(atOrAfter: keys.span), try cursor.matches(keys.span), cursor.isInPlace else { return nil }
    return try cursor.record().value(at: column)
  }
}

/// Table `meta`.
struct Meta {
  let database: Database

  func value(_ key: StaticString) throws(SnapshotError) -> Value? {
    try reading(key) { () throws(SQLiteError) -> Value? in
      try database.tableWithoutRowid(Schema.meta)?.value(under: ByteView(key), column: 1)
    }
  }

  func text(_ key: StaticString) throws(SnapshotError) -> ByteView {
    guard let text = try optionalText(key) else { throw SnapshotError(.missingKey, table: key) }
    return text
  }

  func optionalText(_ key: StaticString) throws(SnapshotError) -> ByteView? {
    guard case .text(let text)? = try value(key) else { return nil }
    return text
  }

  /// A number from 0 to `maximum`.
  func number(_ key: StaticString, maximum: UInt32 = UInt32(Int32.max)) throws(SnapshotError) -> UInt32 {
    guard case .integer(let number)? = try value(key) else { throw SnapshotError(.missingKey, table: key) }
    guard number >= 0, number <= Int64(maximum) else { throw SnapshotError(.badValue, table: key) }
    return UInt32(number)
  }
}

/// Runs `body`, turning the reader's error into one that names the table.
@inline(__always)
func reading<Result>(
  _ table: StaticString, _ body: () throws(SQLiteError) -> Result
) throws(SnapshotError) -> Result {
  do { return try body() } catch { throw SnapshotError(.database, table: table, sqlite: error) }
}
