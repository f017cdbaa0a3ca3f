import Yams

/// A YAML node together with its place, so that whoever finds its content wrong can say where it stands.
struct YAMLValue {
  let node: Node
  let file: String
  let key: String
  /// Where the key stands; nil for what has none.
  var keyMark: Mark?

  /// The top of a text, or nil where there is nothing in it.
  static func root(of yaml: String, file: String) throws -> YAMLValue? {
    do {
      guard let node = try Yams.compose(yaml: yaml), !node.isNull else { return nil }
      return YAMLValue(node: node, file: file, key: "")
    } catch let error as YamlError {
      throw ConfigurationError(error, file: file)
    }
  }

  func failure(_ message: String) -> ConfigurationError {
    ConfigurationError(file: file, line: line, key: key, message: message)
  }

  /// The value's, but for what begins below its key, a block, or elsewhere, at the anchor of an alias.
  private var line: Int? {
    guard let key = keyMark, let own = node.mark else { return node.mark?.line }
    return node.isBlock || own.line < key.line ? key.line : own.line
  }

  func expected(_ what: String) -> ConfigurationError {
    switch node {
    case .scalar(let scalar): failure("expected \(what), found \"\(scalar.string)\"")
    case .mapping: failure("expected \(what), found a mapping")
    case .sequence: failure("expected \(what), found a list")
    case .alias: failure("expected \(what), found an alias")
    }
  }

  /// A scalar as written, whatever type YAML would give it: `0012` and `no` are text here.
  func string(_ what: String = "a text") throws -> String {
    guard case .scalar(let scalar) = node, !node.isNull else { throw expected(what) }
    return scalar.string
  }

  func section() throws -> YAMLSection {
    guard case .mapping(let mapping) = node else { throw expected("keys with values") }
    return try YAMLSection(mapping, of: self)
  }

  func list() throws -> [YAMLValue] {
    guard case .sequence(let sequence) = node else { throw expected("a list") }
    return sequence.enumerated().map { index, node in YAMLValue(node: node, file: file, key: "\(key)[\(index)]") }
  }

  /// The keys and values of a mapping whose keys are names of the shop's own.
  func entries() throws -> [(name: String, value: YAMLValue)] {
    guard case .mapping(let mapping) = node else { throw expected("names with values") }
    return try mapping.map { name, value in
      let text = try YAMLValue(node: name, file: file, key: key).string("a name")
      let fullKey = key.isEmpty ? text : "\(key).\(text)"
      return (text, YAMLValue(node: value, file: file, key: fullKey, keyMark: name.mark))
    }
  }
}

/// A mapping with a fixed set of keys. Each key that is asked for is known; `finish` refuses all others.
struct YAMLSection {
  private let values: [(name: String, value: YAMLValue)]
  private var known: [String] = []

  init(_ mapping: Node.Mapping, of parent: YAMLValue) throws {
    values = try parent.entries()
  }

  /// The value of a key, or nil where it is absent or empty.
  mutating func value(_ name: String) throws -> YAMLValue? {
    known.append(name)
    guard let found = values.first(where: { $0.name == name }), !found.value.node.isNull else { return nil }
    return found.value
  }

  /// What to say where one of `names` is needed and none is there: a key that is nearly one of them is the likelier mistake.
  func missing(_ names: [String], of parent: YAMLValue, _ message: String) -> ConfigurationError {
    for (name, value) in values where !known.contains(name) {
      // Another key of the section, not asked for yet, may be two letters away.
      if let meant = names.first(where: { editDistance($0, name) == 1 }) {
        return value.failure("unknown key; did you mean `\(meant)`?")
      }
    }
    return parent.failure(message)
  }

  func finish() throws {
    for (name, value) in values where !known.contains(name) {
      let nearest = known.min { editDistance($0, name) < editDistance($1, name) }
      let isClose = nearest.map { editDistance($0, name) <= max(2, name.count / 3) } ?? false
      throw value.failure(
        "unknown key; " + (isClose ? "did you mean `\(nearest!)`?" : "known here: \(known.joined(separator: ", "))"))
    }
  }
}

extension Node {
  /// Whether it begins below its key: a mapping by indentation, which begins with its first key (Yams keeps no style of mappings), or a list.
  fileprivate var isBlock: Bool {
    switch self {
    case .mapping(let mapping):
      guard let own = mapping.mark, let first = mapping.first?.key.mark else { return false }
      return (first.line, first.column) == (own.line, own.column)
    case .sequence: return true
    case .scalar, .alias: return false
    }
  }

  /// YAML's null, in the plain spellings of the core schema.
  var isNull: Bool {
    guard case .scalar(let scalar) = self, scalar.style == .plain || scalar.style == .any else { return false }
    return ["", "~", "null", "Null", "NULL"].contains(scalar.string)
  }
}

extension ConfigurationError {
  init(_ error: YamlError, file: String) {
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      self.init(file: file, line: mark.line, key: nil, message: "not valid YAML: \(problem)")
    case .duplicatedKeysInMapping(let names, let context):
      let list = names.sorted().map { "`\($0)`" }.joined(separator: ", ")
      self.init(file: file, line: context.mark.line, key: nil, message: "\(list) stands twice in this mapping")
    default:
      self.init(file: file, line: nil, key: nil, message: "not valid YAML: \(error)")
    }
  }
}

/// Levenshtein distance: insertions, deletions and replacements between two names.
private func editDistance(_ a: String, _ b: String) -> Int {
  let b = Array(b)
  var row = Array(0...b.count)
  for (i, character) in a.enumerated() {
    var diagonal = row[0]
    row[0] = i + 1
    for (j, other) in b.enumerated() {
      let replaced = diagonal + (character == other ? 0 : 1)
      diagonal = row[j + 1]
      row[j + 1] = min(replaced, row[j] + 1, row[j + 1] + 1)
    }
  }
  return row[b.count]
}
