import Bytes
import SQLiteReader

// What the probe answers, byte by byte: a tag, then the operands, little-endian. Tests/Wasm/probe.py reads it.
//
//   'S' schema entry: kind, name, table name, root page, SQL      'r' row: rowid, values, 0xFF
//   'k' entry of an index or a WITHOUT ROWID table: values, 0xFF   'b' BLOB found
//   'n' not found     'E' error: kind, offset     '.' end of a command
//   values: 0 NULL, 1 integer, 2 real, 3 text, 4 BLOB

extension ByteWriter {
  mutating func append32(_ value: UInt32) {
    for shift in stride(from: UInt32(0), to: 32, by: 8) { append(UInt8(truncatingIfNeeded: value >> shift)) }
  }

  mutating func append64(_ value: UInt64) {
    append32(UInt32(truncatingIfNeeded: value))
    append32(UInt32(truncatingIfNeeded: value >> 32))
  }

  mutating func appendSized(_ bytes: ByteView) {
    append32(UInt32(bytes.count))
    append(bytes)
  }

  mutating func append(tag: Unicode.Scalar) {
    append(UInt8(truncatingIfNeeded: tag.value))
  }

  mutating func append(_ value: Value) {
    switch value {
    case .null: append(0)
    case .integer(let integer):
      append(1)
      append64(UInt64(bitPattern: integer))
    case .real(let real):
      append(2)
      append64(real.bitPattern)
    case .text(let bytes):
      append(3)
      appendSized(bytes)
    case .blob(let bytes):
      append(4)
      appendSized(bytes)
    }
  }

  mutating func append(_ record: Record) throws(SQLiteError) {
    var values = record.values
    while let value = try values.next() { append(value) }
    append(0xFF)
  }

  mutating func append(_ entry: SchemaEntry) {
    append(tag: "S")
    switch entry.kind {
    case .table: append(0)
    case .index: append(1)
    case .view: append(2)
    case .trigger: append(3)
    }
    appendSized(entry.name)
    appendSized(entry.tableName)
    append32(entry.rootPage)
    appendSized(entry.sql)
  }

  mutating func append(_ error: SQLiteError) {
    append(tag: "E")
    appendSized(ByteView(error.kind.name))
    append64(error.offset)
  }
}
