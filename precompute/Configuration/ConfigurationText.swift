import Foundation
import Yams

/// The text of a configuration file, in which single values can be set. Comments, layout and all other values stay as they are.
public struct ConfigurationText: Sendable, Equatable {
  public private(set) var text: String
  /// The name that errors give.
  public let file: String

  public init(_ text: String = "", file: String = "martlet.yaml") { (self.text, self.file) = (text, file) }

  /// - Throws: `ConfigurationError` where the file cannot be read.
  public init(path: String) throws {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw ConfigurationError(file: path, line: nil, key: nil, message: "the file cannot be read")
    }
    guard let text = String(validating: data, as: UTF8.self) else {
      throw ConfigurationError(file: path, line: nil, key: nil, message: "the file is not valid UTF-8")
    }
    self.init(text, file: path)
  }

  public func configuration() throws -> Configuration { try Configuration(yaml: text, file: file) }

  /// The value under a full key such as `models.next_item.steps`, as it is written; nil where there is none.
  public func value(_ key: String) throws -> String? {
    var node = try YAMLValue.root(of: text, file: file)?.node
    for name in key.split(separator: ".") { node = node?.child(String(name)) }
    guard case .scalar(let scalar) = node, node?.isNull == false else { return nil }
    return scalar.string
  }

  /// Puts `value` under a full key, which is inserted where it is absent.
  /// - Parameter value: a number or a word that needs no quotes; `~` for no value.
  /// - Throws: `ConfigurationError` where what stands there cannot be changed alone, such as an alias.
  public mutating func set(_ key: String, to value: String) throws {
    let path = key.split(separator: ".").map(String.init)
    let before = try YAMLValue.root(of: text, file: file)?.node
    let edit = YAMLEdit(text, path: path, value: value)
    let (edited, line) = edit.applied(to: before)
    var expected = before.map { YAMLLeaves.of($0) } ?? [:]
    expected[path] = value == "~" ? nil : value
    // What a text means after an edit is decided by reading it again, not by the care of the editor.
    guard let edited, let after = try? YAMLValue.root(of: edited, file: file), YAMLLeaves.of(after.node) == expected
    else {
      throw ConfigurationError(
        file: file, line: line, key: key,
        message: "cannot be changed as it is written here; a plain value in its own place can")
    }
    text = edited
  }

  /// A copy with these values, set in the order of the keys.
  public func setting(_ values: [String: String]) throws -> ConfigurationText {
    var copy = self
    for (key, value) in values.sorted(by: { $0.key < $1.key }) { try copy.set(key, to: value) }
    return copy
  }
}

/// The scalars of a tree by their paths: what a text says, whatever its layout. What is empty says nothing.
private enum YAMLLeaves {
  static func of(_ node: Node) -> [[String]: String] {
    var leaves: [[String]: String] = [:]
    collect(node, [], &leaves)
    return leaves
  }

  private static func collect(_ node: Node, _ path: [String], _ leaves: inout [[String]: String]) {
    switch node {
    case .scalar(let scalar): leaves[path] = node.isNull ? nil : scalar.string
    case .mapping(let mapping):
      for (key, value) in mapping { collect(value, path + [key.scalar?.string ?? ""], &leaves) }
    case .sequence(let sequence):
      for (index, value) in sequence.enumerated() { collect(value, path + ["\(index)"], &leaves) }
    case .alias: break
    }
  }
}

extension Node {
  func child(_ name: String) -> Node? {
    guard case .mapping(let mapping) = self else { return nil }
    return mapping.first { $0.key.scalar?.string == name }?.value
  }
}
