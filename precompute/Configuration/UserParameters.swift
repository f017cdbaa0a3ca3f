import Bytes
import Foundation

/// Whether, and how, a snapshot knows people from build to build: by a keyed hash of their id.
public struct UserParameters: Sendable, Equatable {
  /// Where the key stands, never the key itself: a configuration goes into version control.
  public enum KeySource: Sendable, Equatable {
    case environment(String)
    case file(String)
  }

  public var hasRows = false
  public var key: KeySource?
  /// Items of one person, at most.
  public var items = 16
  /// Of the byte budget, what the rows may take at most.
  public var share = 0.1

  mutating func read(_ value: YAMLValue) throws {
    var section = try value.section()
    let rows = try section.value("rows")
    if let rows { hasRows = try rows.bool() }
    if let value = try section.value("key_env") { key = .environment(try value.string()) }
    if let value = try section.value("key_file") {
      if key != nil { throw value.failure("the key stands in `key_env` or in a file, not in both") }
      key = .file(try value.string())
    }
    if let value = try section.value("items") { items = try value.integer(in: 1...16) }
    if let value = try section.value("share") { share = try value.share() }
    try section.finish()
    if hasRows, key == nil, let rows {
      throw rows.failure("needs `key_env` or `key_file`: without a key anybody could look people up")
    }
  }
}

/// Why there is no key.
public struct KeyError: Error, CustomStringConvertible, Equatable {
  public let key: String
  public let message: String
  public var description: String { "\(key): \(message)" }
}

extension UserParameters {
  public static let keyBytesMin = 16

  /// The key, decoded; nil where no rows are wanted.
  /// - Throws: `KeyError` where it is missing, not base64url, or short.
  public func loadKey(environment: [String: String] = ProcessInfo.processInfo.environment) throws -> [UInt8]? {
    guard hasRows, let key else { return nil }
    switch key {
    case .environment(let name):
      guard let text = environment[name] else {
        throw KeyError(key: "users.key_env", message: "the environment has no variable \(name)")
      }
      return try Self.decode(text, "users.key_env")
    case .file(let path):
      guard let text = try? String(contentsOf: URL(filePath: path), encoding: .utf8) else {
        throw KeyError(key: "users.key_file", message: "\(path) cannot be read")
      }
      return try Self.decode(text, "users.key_file")
    }
  }

  private static func decode(_ text: String, _ key: String) throws -> [UInt8] {
    let digits = Array(text.utf8.filter { $0 > 0x20 && $0 != UInt8(ascii: "=") })
    let buffer = OwnedBytes(capacity: digits.count)
    var writer = ByteWriter(buffer)
    let isDecoded = digits.withUnsafeBytes { Base64URL.decode(ByteView($0), into: &writer) }
    guard isDecoded, writer.count >= keyBytesMin else {
      throw KeyError(key: key, message: "a key is base64url of at least \(keyBytesMin) bytes")
    }
    return withExtendedLifetime(buffer) {
      [UInt8](UnsafeRawBufferPointer(start: writer.view.start, count: writer.count))
    }
  }
}
