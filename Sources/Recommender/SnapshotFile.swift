import Bytes
import SQLiteReader
import SnapshotFormat

/// An opened file of any kind: what all kinds share.
final class SnapshotFile {
  let database: Database
  let kind: FileKind
  /// 16 hexadecimal digits.
  let generation: ByteView

  init(_ bytes: ByteView) throws(SnapshotError) {
    let database = try reading("sqlite_schema") { () throws(SQLiteError) in try Database(bytes) }
    guard database.header.applicationID == FormatVersion.applicationID else { throw SnapshotError(.notASnapshot) }
    guard database.header.userVersion == FormatVersion.current else { throw SnapshotError(.unknownFormatVersion) }
    let meta = Meta(database: database)
    guard let kind = FileKind(named: try meta.text(MetaKey.kind)) else {
      throw SnapshotError(.badValue, table: MetaKey.kind)
    }
    generation = try meta.text(MetaKey.generation)
    self.database = database
    self.kind = kind
  }

  var meta: Meta { Meta(database: database) }
  var pageSize: Int { database.header.pageSize }

  /// A rowid table that has to be there.
  @inline(never)
  func table(_ name: StaticString) throws(SnapshotError) -> Table {
    guard let table = try optionalTable(name) else { throw SnapshotError(.missingTable, table: name) }
    return table
  }

  /// A rowid table that need not be there.
  func optionalTable(_ name: StaticString) throws(SnapshotError) -> Table? {
    try reading(name) { () throws(SQLiteError) in try database.localTable(name) }
  }

  /// A walk over a table that has to be there.
  @inline(never)
  func rows(of name: StaticString, atMost limit: Int = Rows.countMax) throws(SnapshotError) -> Rows {
    Rows(name, try table(name), atMost: limit)
  }
}

/// The rows of a table, one after the other.
struct Rows: ~Copyable {
  let table: StaticString
  private var cursor: TableCursor
  private var isFirst = true
  private var left: Int

  /// Rows of tables that do not grow with the shop: some dozens. A hostile table is not walked further.
  static let countMax = 128

  init(_ name: StaticString, _ table: Table, atMost limit: Int = Rows.countMax) {
    self.table = name
    cursor = table.cursor()
    left = limit
  }

  var id: Int64 { cursor.rowid }

  /// Moves to the next row; false at the end. One row too many is a `badValue`.
  @inline(never)
  mutating func next() throws(SnapshotError) -> Bool {
    let first = isFirst
    isFirst = false
    let found = try reading(table) { () throws(SQLiteError) in first ? try cursor.first() : try cursor.next() }
    guard found else { return false }
    guard left > 0 else { throw SnapshotError(.badValue, table: table) }
    left &-= 1
    return true
  }

  /// The value in column `column` of the current row, in place.
  @inline(never)
  mutating func value(_ column: Int) throws(SnapshotError) -> Value? {
    try reading(table) { () throws(SQLiteError) in try cursor.localRecord().value(at: column) }
  }
}

extension Table {
  /// The BLOB in column 1 of row `row`, in place; empty where there is none or it is damaged.
  func list(_ row: Int64) -> ByteView { blob(row, column: 1) }

  func blob(_ row: Int64, column: Int) -> ByteView {
    if case .blob(let blob)? = value(row, column: column) { blob } else { .empty }
  }

  /// The text in column `column` of row `row`, in place; empty where there is none or it is damaged.
  func text(_ row: Int64, column: Int) -> ByteView {
    if case .text(let text)? = value(row, column: column) { text } else { .empty }
  }

  /// The row whose text in column `column` is `key`, where rows 0..<count stand in byte order of these texts.
  @inline(never)
  func row(of key: ByteView, column: Int, count: UInt32) -> UInt32? {
    let row = firstRow(from: key, column: column, count: count)
    return row < count && text(Int64(row), column: column).equals(key) ? row : nil
  }

  /// The first row whose text is not below `key`; `count` where all are.
  @inline(never)
  func firstRow(from key: ByteView, column: Int, count: UInt32) -> UInt32 {
    var (low, high) = (0 as UInt32, count)
    while low < high {
      let middle = low &+ (high &- low) / 2
      if text(Int64(middle), column: column).compare(key) < 0 { low = middle &+ 1 } else { high = middle }
    }
    return low
  }

  private func value(_ row: Int64, column: Int) -> Value? { record(row)?.value(column) }

  /// Row `row`, in place; nil where there is none or it is damaged.
  @inline(never)
  func record(_ row: Int64) -> Record? {
    do {
      var cursor = cursor()
      return try cursor.seek(rowid: row) ? cursor.localRecord() : nil
    } catch { return nil }
  }
}

extension Record {
  @inline(never)
  func value(_ column: Int) -> Value? {
    do { return try value(at: column) } catch { return nil }
  }

  /// The text in column `column`, in place; empty where there is none or it is damaged.
  func text(_ column: Int) -> ByteView {
    if case .text(let text)? = value(column) { text } else { .empty }
  }
}

/// Table `meta`.
struct Meta {
  let database: Database

  @inline(never)
  func value(_ key: StaticString) throws(SnapshotError) -> Value? {
    let table = try reading(Schema.meta) { () throws(SQLiteError) in try database.localTable(Schema.meta) }
    guard let table else { throw SnapshotError(.missingTable, table: Schema.meta) }
    var rows = Rows(Schema.meta, table)
    while try rows.next() {
      if case .text(let name)? = try rows.value(0), name.equals(key) { return try rows.value(1) }
    }
    return nil
  }

  @inline(never)
  func text(_ key: StaticString) throws(SnapshotError) -> ByteView {
    guard let text = try optionalText(key) else { throw SnapshotError(.missingKey, table: key) }
    return text
  }

  func optionalText(_ key: StaticString) throws(SnapshotError) -> ByteView? {
    guard case .text(let text)? = try value(key) else { return nil }
    return text
  }

  /// A number from 0 to `maximum`.
  @inline(never)
  func number(
    _ key: StaticString, maximum: UInt32 = UInt32(Int32.max), orElse missing: UInt32? = nil
  ) throws(SnapshotError) -> UInt32 {
    guard case .integer(let number)? = try value(key) else {
      if let missing { return missing }
      throw SnapshotError(.missingKey, table: key)
    }
    guard number >= 0, number <= Int64(maximum) else { throw SnapshotError(.badValue, table: key) }
    return UInt32(truncatingIfNeeded: number)
  }
}

/// Runs `body`, turning the reader's error into one that names the table.
@inline(__always)
func reading<Result>(
  _ table: StaticString, _ body: () throws(SQLiteError) -> Result
) throws(SnapshotError) -> Result {
  do { return try body() } catch { throw SnapshotError(error, table: table) }
}
