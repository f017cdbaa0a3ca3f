import Bytes

/// Writes JSON into a `ByteWriter` and sets the commas. The caller opens and closes in pairs, and gives every member a
/// key; whether all of it fitted stands in `output.overflowed`.
public struct JSONWriter {
  public var output: ByteWriter
  private var needsComma = false

  public init(_ output: ByteWriter) { self.output = output }

  public mutating func beginObject() { open(UInt8(ascii: "{")) }
  public mutating func endObject() { close(UInt8(ascii: "}")) }
  public mutating func beginArray() { open(UInt8(ascii: "[")) }
  public mutating func endArray() { close(UInt8(ascii: "]")) }

  /// The name of the next value; it is written as it is and must need no escape.
  @inline(never)
  public mutating func key(_ name: StaticString) {
    separate()
    output.append(UInt8(ascii: "\""))
    output.append(name)
    output.append("\":")
    needsComma = false
  }

  /// The name of the next value, escaped like a string.
  public mutating func key(_ name: ByteView) {
    separate()
    appendQuoted(name)
    output.append(UInt8(ascii: ":"))
    needsComma = false
  }

  /// A member whose key is a literal, like `key(_:)`, and its value.
  @inline(never)
  public mutating func member(_ name: StaticString, _ text: ByteView) {
    key(name)
    string(text)
  }

  @inline(never)
  public mutating func member(_ name: StaticString, orNull text: ByteView?) {
    guard let text else {
      key(name)
      return null()
    }
    member(name, text)
  }

  @inline(never)
  public mutating func member(_ name: StaticString, _ literal: StaticString) { member(name, ByteView(literal)) }

  @inline(never)
  public mutating func member(_ name: StaticString, _ number: Int64) {
    key(name)
    integer(number)
  }

  @inline(never)
  public mutating func member(_ name: StaticString, _ value: Bool) {
    key(name)
    bool(value)
  }

  /// A string: quotes, backslashes and control characters are escaped, `<` too so that the text may stand inside an
  /// HTML script element, and bytes that are not UTF-8 become U+FFFD.
  @inline(never)
  public mutating func string(_ bytes: ByteView) {
    separate()
    appendQuoted(bytes)
  }

  @inline(never)
  public mutating func string(_ literal: StaticString) { string(ByteView(literal)) }

  @inline(never)
  public mutating func integer(_ value: Int64) {
    separate()
    output.appendDecimal(value)
  }

  @inline(never)
  public mutating func unsigned(_ value: UInt64) {
    separate()
    output.appendDecimal(value)
  }

  /// `units / 10^decimals`, with all the decimals.
  @inline(never)
  public mutating func fixed(_ units: Int64, decimals: Int) {
    separate()
    if units < 0 { output.append(UInt8(ascii: "-")) }
    output.appendFixed(units.magnitude, decimals: decimals)
  }

  public mutating func bool(_ value: Bool) { raw(ByteView(value ? "true" : "false")) }
  public mutating func null() { raw(ByteView("null")) }

  /// A value that is JSON already.
  @inline(never)
  public mutating func raw(_ value: ByteView) {
    separate()
    output.append(value)
  }

  @inline(never)
  private mutating func open(_ bracket: UInt8) {
    separate()
    output.append(bracket)
    needsComma = false
  }

  @inline(never)
  private mutating func close(_ bracket: UInt8) {
    output.append(bracket)
    needsComma = true
  }

  @inline(never)
  private mutating func separate() {
    if needsComma { output.append(UInt8(ascii: ",")) }
    needsComma = true
  }

  @inline(never)
  private mutating func appendQuoted(_ bytes: ByteView) {
    output.append(UInt8(ascii: "\""))
    var rest = bytes
    // Behind what did not fit no text is looked at.
    while !output.overflowed {
      let plain = JSONWriter.plainLength(rest)
      output.append(rest.prefix(plain))
      rest = rest.dropFirst(plain)
      if rest.isEmpty { break }
      switch rest[0] {
      case UInt8(ascii: "\""): output.append("\\\"")
      case UInt8(ascii: "\\"): output.append("\\\\")
      case 0x0A: output.append("\\n")
      case 0x0D: output.append("\\r")
      case 0x09: output.append("\\t")
      case 0..<0x80:
        output.append("\\u00")
        output.append(Self.hex(rest[0] >> 4))
        output.append(Self.hex(rest[0] & 15))
      default: output.append("\u{FFFD}")
      }
      rest = rest.dropFirst(1)
    }
    output.append(UInt8(ascii: "\""))
  }

  /// How many bytes from the start are written as they are: all of most texts.
  @inline(__always)
  private static func plainLength(_ bytes: ByteView) -> Int {
    var length = 0
    while length < bytes.count {
      switch bytes[length] {
      case 0..<0x20, UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "<"), 0x7F: return length
      case 0..<0x7F: length &+= 1
      default:
        let sequence = bytes.utf8SequenceLength(at: length)
        if sequence == 0 { return length }
        length &+= sequence
      }
    }
    return length
  }

  private static func hex(_ digit: UInt8) -> UInt8 { digit < 10 ? 0x30 &+ digit : 0x57 &+ digit }
}
