import Bytes

/// Checks the syntax of RFC 8259 without recursion and without memory of its own: which of the open containers are
/// objects is kept in the bits of one word. Where it throws, `position` is the place of the error.
struct JSONScanner {
  let text: ByteView
  var position = 0

  init(_ text: ByteView) { self.text = text }

  /// The one value of the whole text, without the white space around it.
  mutating func document() throws(JSONError.Kind) -> ByteView {
    skipSpace()
    let start = position
    try value()
    let document = text.prefix(position).dropFirst(start)
    skipSpace()
    guard position == text.count else { throw .trailingBytes }
    return document
  }

  /// Moves past one value. Throws at the first byte that cannot continue one.
  mutating func value() throws(JSONError.Kind) {
    var depth = 0
    var objects: UInt32 = 0
    repeat {
      var isComplete = true
      switch try next() {
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        let isObject = text[position] == UInt8(ascii: "{")
        guard depth < JSONValue.depthLimit else { throw .tooDeep }
        position &+= 1
        depth &+= 1
        objects = objects << 1 | (isObject ? 1 : 0)
        if try next() != closing(isObject) {
          if isObject { try key() }
          isComplete = false
        }
      case UInt8(ascii: "\""): try string()
      case UInt8(ascii: "t"): try literal("true")
      case UInt8(ascii: "f"): try literal("false")
      case UInt8(ascii: "n"): try literal("null")
      default: try number()
      }
      while isComplete, depth > 0 {
        let isObject = objects & 1 == 1
        let byte = try next()
        if byte == closing(isObject) {
          depth &-= 1
          objects >>= 1
        } else if byte != UInt8(ascii: ",") {
          throw .unexpectedByte
        }
        position &+= 1
        if byte == UInt8(ascii: ",") {
          if isObject { try key() }
          isComplete = false
        }
      }
    } while depth > 0
  }

  @inline(never)
  mutating func skipSpace() {
    while position < text.count {
      let byte = text[position]
      guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return }
      position &+= 1
    }
  }

  private func closing(_ isObject: Bool) -> UInt8 { isObject ? UInt8(ascii: "}") : UInt8(ascii: "]") }

  /// The first byte that is not white space, not yet consumed.
  @inline(never)
  private mutating func next() throws(JSONError.Kind) -> UInt8 {
    skipSpace()
    return try current()
  }

  @inline(never)
  private func current() throws(JSONError.Kind) -> UInt8 {
    guard position < text.count else { throw .unexpectedEnd }
    return text[position]
  }

  @inline(never)
  private mutating func key() throws(JSONError.Kind) {
    guard try next() == UInt8(ascii: "\"") else { throw .unexpectedByte }
    try string()
    guard try next() == UInt8(ascii: ":") else { throw .unexpectedByte }
    position &+= 1
  }

  private mutating func literal(_ word: StaticString) throws(JSONError.Kind) {
    for index in 0..<word.utf8CodeUnitCount {
      guard try current() == ByteView(word)[index] else { throw .unexpectedByte }
      position &+= 1
    }
  }

  private mutating func string() throws(JSONError.Kind) {
    position &+= 1
    while true {
      switch try current() {
      case UInt8(ascii: "\""):
        position &+= 1
        return
      case UInt8(ascii: "\\"): try escape()
      case 0..<0x20: throw .controlCharacter
      case 0x20..<0x80: position &+= 1
      default:
        let length = text.utf8SequenceLength(at: position)
        guard length > 0 else { throw .invalidUTF8 }
        position &+= length
      }
    }
  }

  private mutating func escape() throws(JSONError.Kind) {
    position &+= 1
    switch try current() {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
      UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
      position &+= 1
    case UInt8(ascii: "u"):
      position &+= 1
      for _ in 0..<4 {
        guard hexDigit(try current()) != nil else { throw .invalidEscape }
        position &+= 1
      }
    default: throw .invalidEscape
    }
  }

  private mutating func number() throws(JSONError.Kind) {
    let isNegative = try current() == UInt8(ascii: "-")
    if isNegative { position &+= 1 }
    guard isDigit() else { throw isNegative ? .invalidNumber : .unexpectedByte }
    let startsWithZero = text[position] == UInt8(ascii: "0")
    position &+= 1
    if startsWithZero {
      if isDigit() { throw .invalidNumber }
    } else {
      skipDigits()
    }
    if has(UInt8(ascii: "."), or: UInt8(ascii: ".")) { try digits() }
    if has(UInt8(ascii: "e"), or: UInt8(ascii: "E")) {
      _ = has(UInt8(ascii: "+"), or: UInt8(ascii: "-"))
      try digits()
    }
  }

  /// Consumes the next byte if it is one of the two.
  private mutating func has(_ byte: UInt8, or other: UInt8) -> Bool {
    guard position < text.count, text[position] == byte || text[position] == other else { return false }
    position &+= 1
    return true
  }

  private mutating func digits() throws(JSONError.Kind) {
    guard isDigit() else { throw .invalidNumber }
    skipDigits()
  }

  private func isDigit() -> Bool { position < text.count && text[position] &- 0x30 <= 9 }

  private mutating func skipDigits() {
    while isDigit() { position &+= 1 }
  }
}

/// The value of a hexadecimal digit, or nil.
func hexDigit(_ byte: UInt8) -> UInt16? {
  switch byte {
  case 0x30...0x39: UInt16(byte &- 0x30)
  case 0x41...0x46: UInt16(byte &- 0x37)
  case 0x61...0x66: UInt16(byte &- 0x57)
  default: nil
  }
}
