import Bytes
import JSONText

/// Keeps the bytes alive while `body` looks at the parsed value.
func withJSON<R>(_ text: String, _ body: (JSONValue) throws -> R) throws -> R {
  try withJSON(Array(text.utf8), body)
}

func withJSON<R>(_ bytes: [UInt8], _ body: (JSONValue) throws -> R) throws -> R {
  try bytes.withUnsafeBytes { try body(try JSONValue.parse(ByteView($0))) }
}

func errorOfParsing(_ bytes: [UInt8]) -> JSONError? {
  bytes.withUnsafeBytes { buffer in
    do throws(JSONError) {
      _ = try JSONValue.parse(ByteView(buffer))
      return nil
    } catch {
      return error
    }
  }
}

func decoded(_ value: JSONValue) -> String {
  let buffer = OwnedBytes(capacity: 4096)
  var writer = ByteWriter(buffer)
  value.append(to: &writer)
  return withExtendedLifetime(buffer) { string(writer.view) }
}

func string(_ view: ByteView) -> String {
  String(decoding: UnsafeRawBufferPointer(start: view.start, count: view.count), as: UTF8.self)
}

/// A value as a tree, to compare what was read with what was written.
indirect enum Tree: Equatable {
  case object([Member])
  case array([Tree])
  case string(String)
  case number(Int64)
  case bool(Bool)
  case null

  struct Member: Equatable {
    var key: String
    var value: Tree
  }

  init(_ value: JSONValue) {
    self =
      switch value.kind {
      case .object: .object(value.members.map { Member(key: decoded($0.key), value: Tree($0.value)) })
      case .array: .array(value.elements.map(Tree.init))
      case .string: .string(decoded(value))
      case .number: .number(value.integer ?? .min)
      case .true, .false: .bool(value.bool == true)
      case .null: .null
      }
  }

  static func random(_ generator: inout some RandomNumberGenerator, depth: Int = 4) -> Tree {
    switch Int.random(in: 0..<(depth > 0 ? 6 : 4), using: &generator) {
    case 0: .null
    case 1: .bool(.random(using: &generator))
    case 2: .number(.random(in: -1_000_000...1_000_000, using: &generator))
    case 3: .string(randomString(&generator))
    case 4: .array((0..<Int.random(in: 0...4, using: &generator)).map { _ in random(&generator, depth: depth - 1) })
    default:
      .object(
        (0..<Int.random(in: 0...4, using: &generator)).map { _ in
          Member(key: randomString(&generator), value: random(&generator, depth: depth - 1))
        })
    }
  }

  static func randomString(_ generator: inout some RandomNumberGenerator) -> String {
    let alphabet: [Character] = ["a", "\"", "\\", "/", "\n", "\u{1}", "{", "]", ",", ":", "<", "é", "€", "😀", " ", "0"]
    return String(
      (0..<Int.random(in: 0...6, using: &generator)).map { _ in alphabet.randomElement(using: &generator)! })
  }

  /// Text with random white space and, in strings, random use of `\u` escapes.
  func text(_ generator: inout some RandomNumberGenerator) -> String {
    func space() -> String { ["", "", " ", "\n\t", "\r"].randomElement(using: &generator)! }
    func quoted(_ string: String) -> String {
      "\""
        + string.unicodeScalars.map { scalar in
          if scalar == "\"" || scalar == "\\" { return "\\\(scalar)" }
          guard scalar.value < 0x20 || Bool.random(using: &generator) else { return String(scalar) }
          return String(scalar).utf16.map { unit in
            let hex = String(unit, radix: 16)
            return "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
          }.joined()
        }.joined() + "\""
    }
    func list(_ parts: [String]) -> String { parts.joined(separator: space() + "," + space()) }
    return switch self {
    case .null: "null"
    case .bool(let value): String(value)
    case .number(let value): String(value)
    case .string(let value): quoted(value)
    case .array(let values): "[" + space() + list(values.map { $0.text(&generator) }) + space() + "]"
    case .object(let members):
      "{" + space() + list(members.map { quoted($0.key) + space() + ":" + space() + $0.value.text(&generator) })
        + space() + "}"
    }
  }
}
