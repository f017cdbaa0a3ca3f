import Bytes
import SQLiteReader

/// Takes the commands and operands of a script apart. The script comes from the tests: a malformed one traps.
struct Script {
  private var rest: ByteView

  init(_ bytes: ByteView) {
    rest = bytes
  }

  var isEmpty: Bool { rest.isEmpty }

  mutating func byte() -> UInt8 { take(1)[0] }
  mutating func u32() -> UInt32 { take(4).u32le(0) }
  mutating func u64() -> UInt64 { take(8).u64le(0) }
  mutating func i64() -> Int64 { Int64(bitPattern: u64()) }
  mutating func bytes() -> ByteView { take(Int(u32())) }

  /// Values in the encoding of `ByteWriter.append(_: Value)`, up to the end mark.
  mutating func key() -> [Value] {
    var key: [Value] = []
    while true {
      switch byte() {
      case 0: key.append(.null)
      case 1: key.append(.integer(i64()))
      case 2: key.append(.real(Double(bitPattern: u64())))
      case 3: key.append(.text(bytes()))
      case 4: key.append(.blob(bytes()))
      default: return key
      }
    }
  }

  private mutating func take(_ count: Int) -> ByteView {
    guard let taken = rest.slice(0, count) else { preconditionFailure("the script ends too early") }
    rest = rest.dropFirst(count)
    return taken
  }
}
