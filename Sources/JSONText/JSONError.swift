/// Why a text is not JSON, and the offset of the byte at which that became clear.
public struct JSONError: Error, Equatable, Sendable {
  public enum Kind: UInt8, Error {
    case unexpectedEnd
    case unexpectedByte
    /// More than `JSONValue.depthLimit` objects and arrays inside one another.
    case tooDeep
    case invalidNumber
    /// A control character inside a string, which has to be escaped.
    case controlCharacter
    case invalidEscape
    case invalidUTF8
    /// Something other than white space after the value.
    case trailingBytes
  }

  public let kind: Kind
  public let offset: Int

  /// A phrase for messages, without the offset.
  public var reason: StaticString {
    switch kind {
    case .unexpectedEnd: "the JSON text ends too early"
    case .unexpectedByte: "unexpected character in JSON"
    case .tooDeep: "JSON nested too deeply"
    case .invalidNumber: "invalid number in JSON"
    case .controlCharacter: "unescaped control character in a JSON string"
    case .invalidEscape: "invalid escape in a JSON string"
    case .invalidUTF8: "invalid UTF-8 in a JSON string"
    case .trailingBytes: "text after the JSON value"
    }
  }
}
