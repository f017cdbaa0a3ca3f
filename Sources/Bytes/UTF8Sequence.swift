extension ByteView {
  /// The length (1 to 4) of the well-formed UTF-8 sequence that starts at `offset`, or 0 where none does: Unicode 16,
  /// table 3-7, so overlong forms, surrogates and values above U+10FFFF are none.
  public func utf8SequenceLength(at offset: Int) -> Int {
    guard has(offset, 1) else { return 0 }
    let lead = self[offset]
    if lead < 0x80 { return 1 }
    var (low, high): (UInt8, UInt8) = (0x80, 0xBF)
    let length: Int
    switch lead {
    case 0xC2...0xDF: length = 2
    case 0xE0: (length, low) = (3, 0xA0)
    case 0xED: (length, high) = (3, 0x9F)
    case 0xE1...0xEF: length = 3
    case 0xF0: (length, low) = (4, 0x90)
    case 0xF1...0xF3: length = 4
    case 0xF4: (length, high) = (4, 0x8F)
    default: return 0
    }
    guard has(offset, length), self[offset &+ 1] >= low, self[offset &+ 1] <= high else { return 0 }
    var index = 2
    while index < length {
      if self[offset &+ index] & 0xC0 != 0x80 { return 0 }
      index &+= 1
    }
    return length
  }

  /// Whether all bytes are well-formed UTF-8.
  public var isValidUTF8: Bool {
    var index = 0
    while index < count {
      let length = utf8SequenceLength(at: index)
      if length == 0 { return false }
      index &+= length
    }
    return true
  }
}
