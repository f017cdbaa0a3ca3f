import Configuration
import Models
import Recommender
import Session
import SnapshotFormat

/// Turns rules into the sections of `RuleLayout`.
struct RuleCompiler {
  typealias Node = CompiledRules.Node

  private let names: RuleNames
  private let isStrict: Bool
  private(set) var segments: [Rule.Segment] = []
  /// Codes that a rule above the one at hand joins.
  private var joined: Set<String> = []
  private(set) var warnings: [String] = []
  private var tables = RuleTables()
  private var steps: [UInt16] = []
  private var effects: [RuleEffect] = []
  private var compiled: [SnapshotFormat.CompiledRule] = []

  init(_ names: RuleNames, isStrict: Bool) {
    self.names = names
    self.isStrict = isStrict
  }

  /// Segments are numbered in the order in which rules first join them.
  mutating func declareSegments(_ rules: [Rule]) {
    for rule in rules {
      for case .join(let segment) in rule.effects where !segments.contains(where: { $0.code == segment.code }) {
        segments.append(segment)
      }
    }
  }

  mutating func compile(_ rule: Rule) throws -> CompiledRules.CompiledRule {
    let (firstStep, firstEffect) = (steps.count, effects.count)
    let root = try node(rule.condition, isNegated: false, of: rule)
    guard emit(root) <= RuleStep.stackMax else { throw rule.id.failure("conditions are nested too deeply") }
    for effect in rule.effects { try add(effect, of: rule) }
    for case .join(let segment) in rule.effects { joined.insert(segment.code) }
    compiled.append(
      SnapshotFormat.CompiledRule(
        firstStep: firstStep, stepCount: steps.count - firstStep, firstEffect: firstEffect,
        effectCount: effects.count - firstEffect))
    let effects = rule.effects.map(RuleWords.text)
    return CompiledRules.CompiledRule(
      id: rule.id.text, root: root, offer: rule.effects.lazy.compactMap(\.offerCode).first,
      meaning: "\(RuleWords.text(root)): \(effects.joined(separator: ", "))", effects: effects)
  }

  func encoded(_ rules: [Rule]) throws -> [UInt8] {
    var sections = tables.sections()
    sections[RuleSection.steps.rawValue] = steps.flatMap { RuleLayout.littleEndian(UInt32($0), 2) }
    sections[RuleSection.effects.rawValue] = effects.flatMap { $0.encoded() }
    sections[RuleSection.rules.rawValue] = compiled.flatMap { $0.encoded() }
    for section in RuleSection.allCases where sections[section.rawValue].count > section.countMax * section.width {
      throw rules[rules.count - 1].id.failure(
        "the rules up to here have more than \(section.countMax) \(section); fewer or simpler rules are needed")
    }
    guard segments.count <= RuleTable.segmentsMax else {
      throw rules[rules.count - 1].id.failure(
        "the rules up to here join \(segments.count) segments, at most \(RuleTable.segmentsMax) are possible")
    }
    return RuleLayout.encode(sections)
  }

  // MARK: Conditions

  /// By De Morgan's laws only leaves are negated.
  private mutating func node(_ condition: Rule.Condition, isNegated: Bool, of rule: Rule) throws -> Node {
    func join(_ nodes: [Node], all: Bool) -> Node {
      nodes.count == 1 ? nodes[0] : all != isNegated ? .all(nodes) : .any(nodes)
    }
    func leaf(_ condition: PlannedCondition, _ needed: String = "") -> Node {
      var condition = condition
      condition.isNegated = isNegated
      return .leaf(
        condition: tables.add(condition),
        CompiledRules.Leaf(text: (isNegated ? "not " : "") + condition.text, needed: needed))
    }
    switch condition {
    case .all(let parts): return join(try parts.map { try node($0, isNegated: isNegated, of: rule) }, all: true)
    case .any(let parts): return join(try parts.map { try node($0, isNegated: isNegated, of: rule) }, all: false)
    case .not(let part): return try node(part, isNegated: !isNegated, of: rule)
    case .count(let events, let bounds, let window, let distinct):
      let pattern = tables.add(try pattern(events, isCounted: !distinct))
      let what = distinct ? "items of \(RuleWords.text(events))" : RuleWords.text(events)
      return counted(
        PlannedCondition(distinct ? .distinct : .count, window: window, pattern: pattern, text: what), bounds, isNegated
      )
    case .visits(let bounds, let window):
      let pattern = tables.add(PlannedPattern.visits)
      return counted(
        PlannedCondition(.count, window: window, pattern: pattern, text: "visits"), bounds, isNegated)
    case .sequence(let events, let window):
      let patterns = try events.map { tables.add(try pattern($0, isCounted: false)) }
      let text = events.map(RuleWords.text).joined(separator: ", then ")
      var planned = PlannedCondition(
        .sequence, window: window, pattern: 0, text: "\(text), within \(DurationText.text(window))")
      planned.sequence = patterns
      return leaf(planned)
    case .absence(let awaited, let opening, let wait, let window):
      var planned = PlannedCondition(
        .absence, window: window, pattern: tables.add(try pattern(opening, isCounted: true)),
        text: "no \(RuleWords.text(awaited)) for \(DurationText.text(wait)) after \(RuleWords.text(opening))")
      planned.other = tables.add(try pattern(awaited, isCounted: true))
      planned.argument = wait
      return leaf(planned)
    case .region(let codes):
      return join(
        codes.map { code in
          leaf(PlannedCondition(.region, argument: hash32(of: code), text: "region \(code)"))
        }, all: false)
    case .device(let words):
      let mask = RequestContext.Device.allCases.filter { words.contains("\($0.name)") }.map(\.rawValue)
      return leaf(PlannedCondition(.device, argument: bits(mask), text: "device \(words.joined(separator: " or "))"))
    case .referrer(let words):
      let mask = RequestContext.Referrer.allCases.filter { words.contains("\($0.name)") }.map(\.rawValue)
      return leaf(
        PlannedCondition(.referrer, argument: bits(mask), text: "referrer \(words.joined(separator: " or "))"))
    case .page(let words):
      let mask = Context.allCases.filter { words.contains("\($0.name)") }.map(\.rawValue)
      return leaf(PlannedCondition(.page, argument: bits(mask), text: "page \(words.joined(separator: " or "))"))
    case .days(let days):
      let text = days.map { RuleWords.days[$0] }.joined(separator: " or ")
      return leaf(PlannedCondition(.days, argument: bits(days.map(UInt8.init)), text: text))
    case .time(let from, let to):
      return leaf(
        PlannedCondition(
          .time, argument: UInt32(from) | UInt32(to) << 16,
          text: "time \(RuleWords.time(from)) to \(RuleWords.time(to))"))
    case .segment(let segments):
      return join(
        try segments.map { name in
          let (kind, number) = try segment(name)
          return leaf(PlannedCondition(kind, argument: number, text: "segment \(name.text)"))
        }, all: false)
    }
  }

  /// "At most n" is "not at least n + 1", which knows since when it holds.
  private mutating func counted(_ condition: PlannedCondition, _ bounds: Rule.Bounds, _ isNegated: Bool) -> Node {
    let within = "within \(DurationText.text(condition.window!))"
    var nodes: [Node] = []
    for (number, isMost) in [(bounds.least, false), (bounds.most.map { $0 + 1 }, true)] {
      guard let number else { continue }
      var part = condition
      part.number = number
      part.isNegated = isMost != isNegated
      let needed = part.isNegated ? "at most \(number - 1) \(within)" : "at least \(number) \(within)"
      nodes.append(.leaf(condition: tables.add(part), CompiledRules.Leaf(text: part.text, needed: needed)))
    }
    return nodes.count == 1 ? nodes[0] : isNegated ? .any(nodes) : .all(nodes)
  }

  /// Two of a list at a time, so that only nesting deepens the stack.
  /// - Returns: how deep the stack becomes.
  private mutating func emit(_ node: Node) -> Int {
    switch node {
    case .leaf(let condition, _):
      steps.append(RuleStep.condition(condition))
      return 1
    case .all(let nodes): return emit(nodes, RuleStep.all(2))
    case .any(let nodes): return emit(nodes, RuleStep.any(2))
    }
  }

  private mutating func emit(_ nodes: [Node], _ step: UInt16) -> Int {
    var depth = 0
    for (place, node) in nodes.enumerated() {
      depth = max(depth, emit(node) + (place > 0 ? 1 : 0))
      if place > 0 { steps.append(step) }
    }
    return depth
  }

  // MARK: Names

  private mutating func pattern(_ events: Rule.Events, isCounted: Bool) throws -> PlannedPattern {
    var pattern = PlannedPattern(types: bits(events.types.map(\.rawValue)), text: RuleWords.text(events))
    pattern.isCounted = isCounted
    for attribute in events.attributes {
      pattern.groups.append(try attribute.values.map { .key(try key(attribute.kind, $0)) })
    }
    switch events.price {
    case nil: break
    case .level(let level): pattern.groups.append([.key(RuleCompiler.key(level))])
    case .range(let range): pattern.groups.append([.range(range)])
    }
    return pattern
  }

  private mutating func key(_ kind: Rule.Attribute.Kind, _ name: Rule.Named) throws -> AttributeKey {
    let number = try names.number(kind, name)
    let keyKind: AttributeKey.Kind =
      switch kind {
      case .category: .category
      case .brand: .brand
      case .tag: .tag
      case .item: .item
      }
    if let number { return AttributeKey(keyKind, number) }
    let missing = "no item of the catalogue has \(kind.rawValue) \"\(name.text)\""
    if kind == .item {
      // Items come and go; a build must not end for it.
      warnings.append(name.failure("no such item: \"\(name.text)\"").description)
    } else if isStrict {
      let hint = names.nearest(kind, to: name.text).map { "; did you mean `\($0)`?" } ?? ""
      throw name.failure(missing + hint)
    }
    // No item has it.
    return AttributeKey(keyKind, 0xFF_FFFF)
  }

  private static func key(_ level: Rule.PriceLevel) -> AttributeKey {
    AttributeKey(.priceLevel, UInt32(Rule.PriceLevel.allCases.firstIndex(of: level)!))
  }

  private func number(of name: Rule.Named) -> UInt32? {
    segments.firstIndex { $0.code == name.text || $0.name == name.text }.map(UInt32.init)
  }

  /// A segment that a rule joins, or one of the clusters, by its code.
  private mutating func segment(_ name: Rule.Named) throws -> (RuleCondition.Kind, UInt32) {
    if let number = number(of: name) {
      guard joined.contains(segments[Int(number)].code) else {
        throw name.failure("\"\(name.text)\" is joined by no rule above this one, and rules are judged in their order")
      }
      return (.segment, number)
    }
    guard let clusters = names.clusters else { return (.cluster, .max) }
    if let number = clusters[name.text] { return (.cluster, number) }
    let known = (segments.map(\.code) + clusters.keys.sorted()).joined(separator: ", ")
    warnings.append(name.failure("no such segment: \"\(name.text)\"; known are \(known)").description)
    return (.cluster, .max)
  }

  private func bits(_ values: [UInt8]) -> UInt32 { values.reduce(0) { $0 | 1 << UInt32($1) } }

  // MARK: Effects

  private mutating func add(_ effect: Rule.Effect, of rule: Rule) throws {
    switch effect {
    case .join(let segment):
      effects.append(.join(UInt32(segments.firstIndex { $0.code == segment.code }!)))
    case .leave(let name):
      guard let number = number(of: name) else { throw name.failure("no rule joins a segment \"\(name.text)\"") }
      effects.append(.leave(number))
    case .boost(let attribute, let amount): try adjust(.boost, attribute, amount: amount)
    case .bury(let attribute): try adjust(.boost, attribute, amount: -Double(Adjustment.amountMax))
    case .boostPrice(let level, let amount):
      effects.append(.adjust(Adjustment(.boost, RuleCompiler.key(level), amount: Float(amount))))
    case .pin(let item, let position):
      let key = try key(.item, item)
      effects.append(.adjust(Adjustment(.pin, key, position: UInt8(position - 1))))
    case .offer(_, let validity): effects.append(.offer(validity))
    }
  }

  private mutating func adjust(_ kind: Adjustment.Kind, _ attribute: Rule.Attribute, amount: Double) throws {
    for name in attribute.values {
      effects.append(.adjust(Adjustment(kind, try key(attribute.kind, name), amount: Float(amount))))
    }
  }
}

extension Rule.Effect {
  fileprivate var offerCode: String? {
    if case .offer(let code, _) = self { code } else { nil }
  }
}
