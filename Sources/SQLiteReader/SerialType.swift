import Bytes

/// How a record stores one value. https://www.sqlite.org/fileformat2.html#record_format
struct SerialType {
  private let code: UInt64
  /// Of the content, in bytes.
  let size: Int

  /// Nil for the reserved codes 10 and 11, and for sizes beyond any payload.
  init?(_ code: UInt64) {
    self.code = code
    switch code {
    case 0, 8, 9: size = 0
    case 1...4: size = Int(code)
    case 5: size = 6
    case 6, 7: size = 8
    case 10, 11: return nil
    default:
      let length = (code &- 12) / 2
      guard length <= Limits.payloadSize else { return nil }
      size = Int(length)
    }
  }

  /// The value of `content`, which has `size` bytes.
  func value(_ content: ByteView) -> Value {
    switch code {
    case 0: return .null
    case 7:
      let real = Double(bitPattern: content.u64be(0))
      // As SQLite does: it never writes NaN, and reads one as NULL.
      return real.isNaN ? .null : .real(real)
    case 8: return .integer(0)
    case 9: return .integer(1)
    case 1...6:
      var integer = Int64(Int8(bitPattern: content[0]))
      for index in 1..<size { integer = integer &<< 8 | Int64(content[index]) }
      return .integer(integer)
    default: return code & 1 == 0 ? .blob(content) : .text(content)
    }
  }
}
