import Yams

/// One value put into a text, at the place that the marks of its nodes name. Whether the result says what was meant is for the
/// caller to read.
struct YAMLEdit {
  private let scalars: [Unicode.Scalar]
  /// Offsets of the lines' first scalars.
  private let lineStarts: [Int]
  private let path: [String]
  private let value: String

  init(_ text: String, path: [String], value: String) {
    let scalars = Array(text.unicodeScalars)
    lineStarts = [0] + scalars.indices.filter { scalars[$0] == "\n" }.map { $0 + 1 }
    (self.scalars, self.path, self.value) = (scalars, path, value)
  }

  /// The edited text, nil where the place is not written as an editor could tell, and the line of the place.
  func applied(to root: Node?) -> (text: String?, line: Int?) {
    guard let root else { return (inserted(block(path[...], indent: 0), afterLine: lineStarts.count - 1), nil) }
    var (node, depth) = (root, 0)
    while depth < path.count, let child = node.child(path[depth]) { (node, depth) = (child, depth + 1) }
    let rest = path[depth...]
    switch node {
    case .scalar(let scalar):
      return (replaced(scalar, with: rest.isEmpty ? value : "{ \(flow(rest)) }"), scalar.mark?.line)
    case .mapping(let mapping) where !rest.isEmpty: return (inserted(rest, into: mapping), mapping.mark?.line)
    default: return (nil, node.mark?.line)
    }
  }

  // MARK: Values

  private func replaced(_ scalar: Node.Scalar, with new: String) -> String? {
    guard let start = offset(scalar.mark) else { return nil }
    // The mark of a value that is not written stands behind the colon.
    if scalar.string.isEmpty, scalar.style == .plain { return splicing(start..<start, " " + new) }
    switch scalar.style {
    case .singleQuoted, .doubleQuoted:
      guard let quote = scalars[start...].first, let end = closingQuote(quote, after: start) else { return nil }
      return splicing(start..<end + 1, new)
    case .plain:
      let written = Array(scalar.string.unicodeScalars)
      guard scalars[start...].starts(with: written) else { return nil }
      return splicing(start..<start + written.count, new)
    default: return nil
    }
  }

  private func closingQuote(_ quote: Unicode.Scalar, after start: Int) -> Int? {
    guard quote == "\"" || quote == "'" else { return nil }
    var place = start + 1
    while place < scalars.count, scalars[place] != quote { place += quote == "\"" && scalars[place] == "\\" ? 2 : 1 }
    return place < scalars.count ? place : nil
  }

  // MARK: Insertions

  private func inserted(_ rest: ArraySlice<String>, into mapping: Node.Mapping) -> String? {
    guard let start = offset(mapping.mark) else { return nil }
    // What the node calls its style is not to be relied on: Yams takes it from the event that ends the mapping.
    if scalars[start...].first == "{" {
      let entry = mapping.isEmpty ? " \(flow(rest)) " : " \(flow(rest)),"
      return splicing(start + 1..<start + 1, entry)
    }
    guard let column = mapping.first?.key.mark?.column else { return nil }
    let last = lastLine(of: mapping, indent: column - 1)
    return inserted(block(rest, indent: column - 1), afterLine: last)
  }

  /// The last line of a block mapping that is neither blank nor a comment, from 0.
  private func lastLine(of mapping: Node.Mapping, indent: Int) -> Int {
    var last = mapping.reduce(0) { max($0, $1.key.mark?.line ?? 0, YAMLEdit.deepestLine($1.value)) } - 1
    for line in lineStarts.indices.dropFirst(last + 1) {
      let text = scalars[lineStarts[line]...].prefix { $0 != "\n" && $0 != "\r" }
      let content = text.drop { $0 == " " }
      if content.isEmpty || content.first == "#" { continue }
      if text.count - content.count < indent || text.starts(with: "---".unicodeScalars)
        || text.starts(with: "...".unicodeScalars)
      {
        break
      }
      last = line
    }
    return last
  }

  private static func deepestLine(_ node: Node) -> Int {
    let line = node.mark?.line ?? 0
    return switch node {
    case .mapping(let mapping): mapping.reduce(line) { max($0, deepestLine($1.key), deepestLine($1.value)) }
    case .sequence(let sequence): sequence.reduce(line) { max($0, deepestLine($1)) }
    default: line
    }
  }

  private func inserted(_ lines: [String], afterLine line: Int) -> String {
    let lineEnd = scalars.contains("\r") ? "\r\n" : "\n"
    let next = line + 1 < lineStarts.count ? lineStarts[line + 1] : scalars.count
    let isOpen = next > 0 && scalars[next - 1] != "\n"
    return splicing(next..<next, (isOpen ? lineEnd : "") + lines.map { $0 + lineEnd }.joined())
  }

  private func block(_ rest: ArraySlice<String>, indent: Int) -> [String] {
    rest.enumerated().map { depth, name in
      let margin = String(repeating: " ", count: indent + 2 * depth)
      return margin + name + (depth == rest.count - 1 ? ": \(value)" : ":")
    }
  }

  private func flow(_ rest: ArraySlice<String>) -> String {
    guard let name = rest.first else { return value }
    return rest.count == 1 ? "\(name): \(value)" : "\(name): { \(flow(rest.dropFirst())) }"
  }

  // MARK: Text

  private func offset(_ mark: Mark?) -> Int? {
    guard let mark, lineStarts.indices.contains(mark.line - 1) else { return nil }
    let offset = lineStarts[mark.line - 1] + mark.column - 1
    return (0...scalars.count).contains(offset) ? offset : nil
  }

  private func splicing(_ range: Range<Int>, _ new: String) -> String {
    var text = String.UnicodeScalarView()
    text.append(contentsOf: scalars[..<range.lowerBound])
    text.append(contentsOf: new.unicodeScalars)
    text.append(contentsOf: scalars[range.upperBound...])
    return String(text)
  }
}
