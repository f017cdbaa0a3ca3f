import Bytes

extension JSONValue {
  /// A string's bytes in place, or nil where it holds an escape (then `append(to:)` decodes it) or is no string.
  public var unescapedString: ByteView? {
    guard kind == .string else { return nil }
    let content = text.dropFirst(1).dropLast(1)
    return content.firstIndex(of: UInt8(ascii: "\\")) == nil ? content : nil
  }

  /// Appends the decoded string. Half a surrogate pair, which is not a character, becomes U+FFFD. Other kinds append
  /// nothing. What the writer has no room for sets its `overflowed`.
  public func append(to writer: inout ByteWriter) {
    if let content = unescapedString { return writer.append(content) }
    var bytes = JSONStringBytes(self)
    while let byte = bytes.next() { writer.append(byte) }
  }

  /// Whether this is a string whose decoded bytes are `other`.
  public func equals(_ other: ByteView) -> Bool {
    if let content = unescapedString { return content.equals(other) }
    guard kind == .string else { return false }
    var bytes = JSONStringBytes(self)
    var index = 0
    while let byte = bytes.next() {
      guard index < other.count, other[index] == byte else { return false }
      index &+= 1
    }
    return index == other.count
  }

  public func equals(_ literal: StaticString) -> Bool { equals(ByteView(literal)) }
}

/// The decoded bytes of a checked string, one at a time.
struct JSONStringBytes {
  private let content: ByteView
  private var position = 0
  /// UTF-8 bytes of the last escape that are still to come, the next one lowest.
  private var pending: UInt32 = 0

  init(_ value: JSONValue) {
    content = value.kind == .string ? value.text.dropFirst(1).dropLast(1) : .empty
  }

  @inline(never)
  mutating func next() -> UInt8? {
    if pending != 0 {
      defer { pending >>= 8 }
      return UInt8(truncatingIfNeeded: pending)
    }
    guard position < content.count else { return nil }
    let byte = content[position]
    position &+= 1
    return byte == UInt8(ascii: "\\") ? escaped() : byte
  }

  private mutating func escaped() -> UInt8 {
    let byte = content[position]
    position &+= 1
    switch byte {
    case UInt8(ascii: "b"): return 0x08
    case UInt8(ascii: "f"): return 0x0C
    case UInt8(ascii: "n"): return 0x0A
    case UInt8(ascii: "r"): return 0x0D
    case UInt8(ascii: "t"): return 0x09
    case UInt8(ascii: "u"): return emit(character())
    default: return byte
    }
  }

  /// The scalar of `\uXXXX`, or of two of them that form a surrogate pair.
  private mutating func character() -> UInt32 {
    let first = UInt32(codeUnit(at: position))
    position &+= 4
    guard first & 0xF800 == 0xD800 else { return first }
    guard first < 0xDC00, content.dropFirst(position).starts(with: "\\u") else { return 0xFFFD }
    let second = UInt32(codeUnit(at: position &+ 2))
    guard second & 0xFC00 == 0xDC00 else { return 0xFFFD }
    position &+= 6
    return 0x10000 &+ (first & 0x3FF) << 10 &+ (second & 0x3FF)
  }

  private func codeUnit(at offset: Int) -> UInt16 {
    var unit: UInt16 = 0
    for index in offset..<offset &+ 4 { unit = unit << 4 | (hexDigit(content[index]) ?? 0) }
    return unit
  }

  /// Returns the first UTF-8 byte of the scalar and keeps the others.
  private mutating func emit(_ scalar: UInt32) -> UInt8 {
    func trail(_ shift: UInt32) -> UInt32 { 0x80 | (scalar >> shift & 0x3F) }
    switch scalar {
    case 0..<0x80:
      return UInt8(truncatingIfNeeded: scalar)
    case 0x80..<0x800:
      pending = trail(0)
      return UInt8(truncatingIfNeeded: 0xC0 | scalar >> 6)
    case 0x800..<0x10000:
      pending = trail(6) | trail(0) << 8
      return UInt8(truncatingIfNeeded: 0xE0 | scalar >> 12)
    default:
      pending = trail(12) | trail(6) << 8 | trail(0) << 16
      return UInt8(truncatingIfNeeded: 0xF0 | scalar >> 18)
    }
  }
}
