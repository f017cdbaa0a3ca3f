import Bytes
import SQLiteReader

/// A value that compares by its bits, whether this reader or SQLite gave it.
enum StoredValue: Equatable {
  case null
  case integer(Int64)
  case real(UInt64)
  case text([UInt8])
  case blob([UInt8])

  init(_ value: Value) {
    self =
      switch value {
      case .null: .null
      case .integer(let integer): .integer(integer)
      case .real(let real): .real(real.bitPattern)
      case .text(let view): .text(array(view))
      case .blob(let view): .blob(array(view))
      }
  }
}

/// A view of bytes that are never released: no test has to keep an owner alive.
func lasting(_ bytes: [UInt8]) -> ByteView {
  let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
  buffer.copyBytes(from: bytes)
  return ByteView(UnsafeRawBufferPointer(buffer))
}

func array(_ view: ByteView) -> [UInt8] {
  (0..<view.count).map { view[$0] }
}

func values(_ record: Record) throws -> [StoredValue] {
  var stored: [StoredValue] = []
  var values = record.values
  while let value = try values.next() { stored.append(StoredValue(value)) }
  return stored
}
