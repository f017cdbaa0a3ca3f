import Bytes

/// The terms of a text, by which items are found in a search: builder and scorer cut texts by this one rule. A term is a run of
/// letters and digits; ASCII and Latin-1 letters are lower-cased; an ideograph, written without spaces, is a term of its own.
/// Other scripts' characters count as letters as they stand, but for general and CJK punctuation. What is no UTF-8 separates.
public struct Terms {
  /// Bytes of one term; what a longer one has beyond them is dropped.
  public static let lengthMax = 32

  private let text: ByteView
  private var position = 0

  public init(_ text: ByteView) { self.text = text }

  /// Appends the next term to `writer` and returns it; nil at the end.
  public mutating func next(into writer: inout ByteWriter) -> ByteView? {
    let start = writer.count
    while position < text.count {
      let length = text.utf8SequenceLength(at: position)
      let kind = length == 0 ? .separator : Terms.kind(text, position, length)
      if kind == .letter {
        if writer.count &- start &+ length <= Terms.lengthMax { append(length, &writer) }
      } else if kind == .separator, writer.count == start {
        // Nothing has begun yet.
      } else if kind == .separator || writer.count > start {
        // An ideograph ends a run, and comes again as the next term.
        break
      } else {
        append(length, &writer)
        position &+= length
        break
      }
      position &+= max(1, length)
    }
    return writer.count > start ? writer.view.dropFirst(start) : nil
  }

  private enum Kind {
    case letter, ideograph, separator
  }

  private func append(_ length: Int, _ writer: inout ByteWriter) {
    writer.append(length == 1 ? asciiLowercased(text[position]) : text[position])
    for offset in 1..<max(1, length) {
      let byte = text[position &+ offset]
      // À to Þ are C3 80 to C3 9E, their small letters 32 further on.
      writer.append(text[position] == 0xC3 && byte < 0x9F ? byte | 0x20 : byte)
    }
  }

  /// The kind of the well-formed sequence at `offset`.
  private static func kind(_ text: ByteView, _ offset: Int, _ length: Int) -> Kind {
    let lead = text[offset]
    if length == 1 {
      let byte = asciiLowercased(lead)
      return byte >= 0x61 && byte <= 0x7A || byte >= 0x30 && byte <= 0x39 ? .letter : .separator
    }
    let second = text[offset &+ 1]
    switch lead {
    // Latin-1's signs; the letters among them are ª, µ and º.
    case 0xC2: return second == 0xAA || second == 0xB5 || second == 0xBA ? .letter : .separator
    // × and ÷.
    case 0xC3: return second == 0x97 || second == 0xB7 ? .separator : .letter
    // U+2000 to U+206F.
    case 0xE2: return second <= 0x81 ? .separator : .letter
    // U+3000 to U+303F.
    case 0xE3: return second == 0x80 ? .separator : .letter
    // U+4000 to U+9FFF.
    case 0xE4...0xE9: return .ideograph
    default: return .letter
    }
  }
}
