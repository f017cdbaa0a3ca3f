import Configuration

/// Rules in words, for `martlet rules explain` and for people who open a snapshot.
enum RuleWords {
  static let days = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]

  static func time(_ minute: Int) -> String {
    let (hour, minute) = minute.quotientAndRemainder(dividingBy: 60)
    return "\(hour):\(minute < 10 ? "0" : "")\(minute)"
  }

  static func text(_ events: Rule.Events) -> String {
    let types = events.types.map { "\($0.name)" }.joined(separator: " or ")
    var tests = events.attributes.map { text($0) }
    switch events.price {
    case nil: break
    case .level(let level): tests.append("price \(level)")
    case .range(let range): tests.append("price \(money(range.lowerBound)) to \(money(range.upperBound))")
    }
    return tests.isEmpty ? types : "\(types) (\(tests.joined(separator: ", ")))"
  }

  static func text(_ attribute: Rule.Attribute) -> String {
    "\(attribute.kind.rawValue) \(attribute.values.map(\.text).joined(separator: " or "))"
  }

  private static func money(_ minor: UInt32) -> String {
    let cents = minor % 100
    return "\(minor / 100).\(cents < 10 ? "0" : "")\(cents)"
  }

  static func text(_ node: CompiledRules.Node) -> String {
    func list(_ nodes: [CompiledRules.Node], _ word: String) -> String {
      nodes.map { node in
        if case .leaf = node { text(node) } else { "(\(text(node)))" }
      }.joined(separator: " \(word) ")
    }
    switch node {
    case .all(let nodes): return list(nodes, "and")
    case .any(let nodes): return list(nodes, "or")
    case .leaf(_, let leaf): return leaf.needed.isEmpty ? leaf.text : "\(leaf.text) \(leaf.needed)"
    }
  }

  static func text(_ effect: Rule.Effect) -> String {
    switch effect {
    case .join(let segment): "join \(segment.name)"
    case .leave(let name): "leave \(name.text)"
    case .boost(let attribute, let amount): "boost \(text(attribute)) by \(amount)"
    case .boostPrice(let level, let amount): "boost price \(level) by \(amount)"
    case .bury(let attribute): "bury \(text(attribute))"
    case .pin(let item, let position): "pin \(item.text) at \(position)"
    case .offer(let code, let validity): "offer \(code) for \(DurationText.text(validity))"
    }
  }
}
