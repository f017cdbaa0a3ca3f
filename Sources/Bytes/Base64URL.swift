/// RFC 4648 §5 without padding: what cookies and headers carry as they are.
public enum Base64URL {
  public static func encodedCount(_ count: Int) -> Int { (count * 4 + 2) / 3 }

  public static func encode(_ bytes: ByteView, into writer: inout ByteWriter) {
    var index = 0
    while index < bytes.count {
      let rest = bytes.count - index
      let group =
        UInt32(bytes[index]) << 16 | (rest > 1 ? UInt32(bytes[index + 1]) << 8 : 0)
        | (rest > 2 ? UInt32(bytes[index + 2]) : 0)
      for digit in 0..<min(rest + 1, 4) {
        writer.append(character(UInt8(truncatingIfNeeded: group >> (18 - 6 * UInt32(digit))) & 63))
      }
      index += 3
    }
  }

  /// False where `text` is not the one canonical encoding of some bytes (length, alphabet, trailing bits).
  public static func decode(_ text: ByteView, into writer: inout ByteWriter) -> Bool {
    guard text.count % 4 != 1 else { return false }
    var group: UInt32 = 0
    var bits: UInt32 = 0
    for index in text.indices {
      guard let value = value(text[index]) else { return false }
      group = group << 6 | UInt32(value)
      bits += 6
      if bits >= 8 {
        bits -= 8
        writer.append(UInt8(truncatingIfNeeded: group >> bits))
        group &= (1 << bits) - 1
      }
    }
    return group == 0 && !writer.overflowed
  }

  static func character(_ value: UInt8) -> UInt8 {
    switch value {
    case 0..<26: 0x41 + value
    case 26..<52: 0x61 + value - 26
    case 52..<62: 0x30 + value - 52
    case 62: 0x2D
    default: 0x5F
    }
  }

  static func value(_ character: UInt8) -> UInt8? {
    switch character {
    case 0x41...0x5A: character - 0x41
    case 0x61...0x7A: character - 0x61 + 26
    case 0x30...0x39: character - 0x30 + 52
    case 0x2D: 62
    case 0x5F: 63
    default: nil
    }
  }
}
