import Bytes

/// A value inside a JSON text that has been checked as a whole: a kind and a window on the text's bytes. Nothing is
/// copied or allocated; members, strings and numbers are decoded when they are asked for. It is valid as long as
/// the bytes are.
public struct JSONValue: BitwiseCopyable, Sendable {
  public enum Kind: UInt8, BitwiseCopyable, Sendable {
    case object, array, string, number, `true`, `false`, null
  }

  /// Objects and arrays inside one another; one more is an error.
  public static let depthLimit = 32

  public let kind: Kind
  /// The value as written, without the white space around it.
  public let text: ByteView

  /// The one value of `text` (RFC 8259; white space around it is allowed). Strings are well-formed UTF-8.
  public static func parse(_ text: ByteView) throws(JSONError) -> JSONValue {
    var scanner = JSONScanner(text)
    do {
      return JSONValue(checked: try scanner.document())
    } catch {
      throw JSONError(kind: error, offset: scanner.position)
    }
  }

  /// `text` is one value of a text that has been checked.
  init(checked text: ByteView) {
    self.text = text
    kind =
      switch text[0] {
      case UInt8(ascii: "{"): .object
      case UInt8(ascii: "["): .array
      case UInt8(ascii: "\""): .string
      case UInt8(ascii: "t"): .true
      case UInt8(ascii: "f"): .false
      case UInt8(ascii: "n"): .null
      default: .number
      }
  }

  /// The truth value, or nil for other kinds.
  public var bool: Bool? { kind == .true ? true : kind == .false ? false : nil }

  public var isNull: Bool { kind == .null }
}
