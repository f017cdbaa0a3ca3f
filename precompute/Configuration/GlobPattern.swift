import Bytes

/// A shell pattern over a whole text: `*` any run of characters, `?` one character, `[a-z]` one of a set, `[!a-z]` one
/// outside of it, `\` takes the next character as it is. Case counts. (POSIX fnmatch without classes and flags.)
public struct GlobPattern: Sendable, Equatable, CustomStringConvertible {
  private enum Token: Sendable, Equatable {
    case byte(UInt8)
    case one
    case many
    case set([ClosedRange<UInt32>], isNegated: Bool)
  }

  public let description: String
  private let tokens: [Token]

  /// Nil where a set is not closed, a range runs backwards or the pattern ends in a single backslash.
  public init?(_ pattern: String) {
    description = pattern
    var tokens: [Token] = []
    var scalars = pattern.unicodeScalars[...]
    while let scalar = scalars.popFirst() {
      switch scalar {
      case "*": if tokens.last != .many { tokens.append(.many) }
      case "?": tokens.append(.one)
      case "[":
        guard let set = Self.set(&scalars) else { return nil }
        tokens.append(set)
      case "\\":
        guard let literal = scalars.popFirst() else { return nil }
        tokens += String(literal).utf8.map(Token.byte)
      default: tokens += String(scalar).utf8.map(Token.byte)
      }
    }
    self.tokens = tokens
  }

  public func matches(_ text: String) -> Bool {
    var text = text
    return text.withUTF8 { matches(ByteView(UnsafeRawBufferPointer($0))) }
  }

  /// Walks text and pattern side by side; on a mismatch the last `*` takes one character more. Time is at most the
  /// product of both lengths.
  public func matches(_ text: ByteView) -> Bool {
    var (position, index) = (0, 0)
    var retry: (position: Int, index: Int)?
    while position < text.count {
      if index < tokens.count, tokens[index] == .many {
        index += 1
        retry = (position, index)
      } else if index < tokens.count, let length = length(of: tokens[index], in: text, at: position) {
        position += length
        index += 1
      } else if let last = retry {
        position = last.position + max(1, text.utf8SequenceLength(at: last.position))
        index = last.index
        retry = (position, index)
      } else {
        return false
      }
    }
    return tokens[index...].allSatisfy { $0 == .many }
  }

  /// The bytes that one token other than `*` takes at `position`, or nil where it does not fit.
  private func length(of token: Token, in text: ByteView, at position: Int) -> Int? {
    let length = max(1, text.utf8SequenceLength(at: position))
    switch token {
    case .byte(let byte): return text[position] == byte ? 1 : nil
    case .one: return length
    case .many: return nil
    case .set(let ranges, let isNegated):
      var decoder = UTF8()
      var bytes = (position..<position + length).map { text[$0] }.makeIterator()
      guard case .scalarValue(let scalar) = decoder.decode(&bytes) else { return isNegated ? length : nil }
      return ranges.contains { $0.contains(scalar.value) } != isNegated ? length : nil
    }
  }

  private static func set(_ scalars: inout Substring.UnicodeScalarView) -> Token? {
    let isNegated = scalars.first == "!" || scalars.first == "^"
    if isNegated { scalars.removeFirst() }
    var ranges: [ClosedRange<UInt32>] = []
    while let scalar = scalars.popFirst() {
      if scalar == "]", !ranges.isEmpty { return .set(ranges, isNegated: isNegated) }
      guard scalars.first == "-", let last = scalars.dropFirst().first, last != "]" else {
        ranges.append(scalar.value...scalar.value)
        continue
      }
      scalars.removeFirst(2)
      guard scalar.value <= last.value else { return nil }
      ranges.append(scalar.value...last.value)
    }
    return nil
  }
}

extension GlobPattern {
  init(_ value: YAMLValue) throws {
    let text = try value.string("a pattern")
    guard !text.isEmpty, let pattern = GlobPattern(text) else {
      throw value.failure("\"\(text)\" is not a pattern: a `[` is not closed, a range runs backwards, or it is empty")
    }
    self = pattern
  }
}
