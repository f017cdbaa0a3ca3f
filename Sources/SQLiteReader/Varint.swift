import Bytes

/// An integer of one to nine bytes: seven bits a byte from the most significant on, all eight of the ninth.
package struct Varint {
  package let value: UInt64
  /// Bytes read.
  package let length: Int
}

extension ByteView {
  /// The varint at `offset`, or nil where it reaches out of the window. Most have one byte: that case is inlined.
  @inline(__always)
  package func varint(at offset: Int) -> Varint? {
    if has(offset, 1), self[offset] < 0x80 { return Varint(value: UInt64(self[offset]), length: 1) }
    return longVarint(at: offset)
  }

  @inline(never)
  private func longVarint(at offset: Int) -> Varint? {
    guard offset >= 0 else { return nil }
    let end = Swift.min(count, offset &+ 8)
    var value: UInt64 = 0
    var position = offset
    while position < end {
      let byte = self[position]
      position &+= 1
      value = value &<< 7 | UInt64(byte & 0x7F)
      if byte < 0x80 { return Varint(value: value, length: position &- offset) }
    }
    guard has(offset, 9) else { return nil }
    return Varint(value: value &<< 8 | UInt64(self[position]), length: 9)
  }
}
