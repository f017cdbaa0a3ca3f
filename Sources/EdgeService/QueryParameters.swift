import Bytes

/// The name-value pairs of a query string, percent-decoded into a scratch buffer as they are read.
struct QueryParameters {
  private var rest: ByteView

  init(_ query: ByteView) { rest = query }

  /// The next pair; views of `scratch`, which is only ever appended to. A `%` that no two hexadecimal digits follow stands
  /// for itself, as browsers take it.
  @inline(never)
  mutating func next(scratch: inout ByteWriter) -> (name: ByteView, value: ByteView)? {
    while !rest.isEmpty {
      var pair = rest.removeField(before: UInt8(ascii: "&"))
      guard !pair.isEmpty else { continue }
      let name = QueryParameters.decode(pair.removeField(before: UInt8(ascii: "=")), &scratch)
      return (name, QueryParameters.decode(pair, &scratch))
    }
    return nil
  }

  @inline(never)
  private static func decode(_ text: ByteView, _ scratch: inout ByteWriter) -> ByteView {
    let start = scratch.count
    var index = 0
    while index < text.count {
      let byte = text[index]
      if byte == UInt8(ascii: "%"), text.has(index, 3), let high = hexDigit(text[index &+ 1]),
        let low = hexDigit(text[index &+ 2])
      {
        scratch.append(high << 4 | low)
        index &+= 3
      } else {
        scratch.append(byte == UInt8(ascii: "+") ? 0x20 : byte)
        index &+= 1
      }
    }
    return scratch.view.dropFirst(start)
  }

  @inline(never)
  private static func hexDigit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte - 0x30
    case 0x41...0x46: byte - 0x37
    case 0x61...0x66: byte - 0x57
    default: nil
    }
  }
}

/// The parts of a comma-separated value, empty ones left out.
struct CommaSeparated {
  private var rest: ByteView

  init(_ text: ByteView) { rest = text }

  mutating func next() -> ByteView? {
    while !rest.isEmpty {
      let part = rest.removeField(before: UInt8(ascii: ",")).trimmed
      if !part.isEmpty { return part }
    }
    return nil
  }
}
