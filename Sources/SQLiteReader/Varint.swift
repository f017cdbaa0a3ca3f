import Bytes

/// An integer of one to nine bytes: seven bits a byte from the most significant on, all eight of the ninth.
package struct Varint {
  package let value: UInt64
  /// Bytes read.
  package let length: Int
}

extension ByteView {
  /// The varint at `offset`, or nil where it reaches out of the window.
  package func varint(at offset: Int) -> Varint? {
    guard has(offset, 1) else { return nil }
    let first = self[offset]
    if first < 0x80 { return Varint(value: UInt64(first), length: 1) }
    let available = Swift.min(count &- offset, 9)
    var value = UInt64(first & 0x7F)
    var length = 1
    while length < available {
      let byte = self[offset &+ length]
      length &+= 1
      if length == 9 { return Varint(value: value << 8 | UInt64(byte), length: 9) }
      value = value << 7 | UInt64(byte & 0x7F)
      if byte < 0x80 { return Varint(value: value, length: length) }
    }
    return nil
  }
}
