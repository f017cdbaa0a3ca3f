import Bytes
import SnapshotFormat

/// A pattern before it has a number.
struct PlannedPattern: Hashable {
  enum Test: Hashable {
    case key(AttributeKey)
    case range(ClosedRange<UInt32>)

    static func == (a: Test, b: Test) -> Bool {
      switch (a, b) {
      case (.key(let a), .key(let b)): a == b
      case (.range(let a), .range(let b)): a == b
      default: false
      }
    }

    func hash(into hasher: inout Hasher) {
      switch self {
      case .key(let key): hasher.combine(key.rawValue)
      case .range(let range): hasher.combine(range)
      }
    }
  }

  let types: UInt32
  /// In words: the name of its counter, which so stays the same from build to build.
  let text: String
  /// One test of each group has to fit.
  var groups: [[Test]] = []
  /// Whether events are counted on once they have left the session.
  var isCounted = false

  /// No event is a visit; its marks are.
  static let visits = PlannedPattern(types: 0, text: "")
}

/// A condition whose pattern and window have no number yet.
struct PlannedCondition {
  let kind: RuleCondition.Kind
  var isNegated = false
  var number = 1
  let window: UInt32?
  let pattern: Int
  var other = 0
  var sequence: [Int] = []
  var argument: UInt32
  let text: String

  init(_ kind: RuleCondition.Kind, window: UInt32? = nil, pattern: Int = 0, argument: UInt32 = 0, text: String) {
    (self.kind, self.window, self.pattern, self.argument, self.text) = (kind, window, pattern, argument, text)
  }
}

/// Collects what conditions share, each once, and numbers it.
struct RuleTables {
  private var patterns: [PlannedPattern] = []
  private var numbers: [PlannedPattern: Int] = [:]
  private var conditions: [PlannedCondition] = []

  /// The place of `pattern` in the order of mention.
  mutating func add(_ pattern: PlannedPattern) -> Int {
    var plain = pattern
    plain.isCounted = false
    let place = numbers[plain] ?? patterns.count
    if place == patterns.count {
      numbers[plain] = place
      patterns.append(plain)
    }
    if pattern.isCounted { patterns[place].isCounted = true }
    return place
  }

  mutating func add(_ condition: PlannedCondition) -> Int {
    conditions.append(condition)
    return conditions.count - 1
  }

  /// The first six sections; those of programs, effects and rules are left empty.
  func sections() -> [[UInt8]] {
    let tests = Set(patterns.flatMap { $0.groups.joined() })
    let keys = tests.compactMap { if case .key(let key) = $0 { key.rawValue } else { nil } }.sorted()
    let ranges = tests.compactMap { if case .range(let range) = $0 { range } else { nil } }
      .sorted { ($0.lowerBound, $0.upperBound) < ($1.lowerBound, $1.upperBound) }
    func reference(_ test: PlannedPattern.Test) -> Int {
      switch test {
      case .key(let key): keys.firstIndex(of: key.rawValue)!
      case .range(let range): keys.count + ranges.firstIndex(of: range)!
      }
    }
    let windows = Set(conditions.compactMap(\.window)).sorted()
    let counters = counters()
    // The scorer finds a pattern by its counter, by halving.
    let order = patterns.indices.sorted { (counters[$0], $0) < (counters[$1], $1) }
    var references: [UInt16] = []
    var encoded: [RulePattern] = []
    for place in order {
      let first = references.count
      for group in patterns[place].groups {
        for (index, test) in group.enumerated() {
          references.append(UInt16(reference(test)) | (index == 0 ? RulePattern.beginsAttribute : 0))
        }
      }
      encoded.append(
        RulePattern(
          types: UInt16(patterns[place].types), firstReference: first, referenceCount: references.count - first,
          counter: counters[place]))
    }
    let number = Dictionary(uniqueKeysWithValues: zip(order, 0...))
    let compiled = conditions.map { condition in
      var pattern = condition.sequence.isEmpty ? number[condition.pattern] ?? 0 : references.count
      references += condition.sequence.map { UInt16(number[$0]!) }
      if condition.window == nil { pattern = 0 }
      return RuleCondition(
        condition.kind, isNegated: condition.isNegated,
        number: condition.sequence.isEmpty ? condition.number : condition.sequence.count,
        window: condition.window.map { windows.firstIndex(of: $0)! } ?? 0, pattern: pattern,
        other: condition.window == nil ? 0 : number[condition.other] ?? 0, argument: condition.argument)
    }
    var sections = [[UInt8]](repeating: [], count: RuleSection.count)
    sections[RuleSection.keys.rawValue] = keys.flatMap { RuleLayout.littleEndian($0, 4) }
    sections[RuleSection.ranges.rawValue] = ranges.flatMap {
      RuleLayout.littleEndian($0.lowerBound, 4) + RuleLayout.littleEndian($0.upperBound, 4)
    }
    sections[RuleSection.windows.rawValue] = windows.flatMap { RuleLayout.littleEndian($0, 4) }
    sections[RuleSection.references.rawValue] = references.flatMap { RuleLayout.littleEndian(UInt32($0), 2) }
    sections[RuleSection.patterns.rawValue] = encoded.flatMap { $0.encoded() }
    sections[RuleSection.conditions.rawValue] = compiled.flatMap { $0.encoded() }
    return sections
  }

  /// By place: a hash of the pattern's words, or of them and a salt where another has it already.
  private func counters() -> [UInt16] {
    var taken: Set<UInt16> = [0, RulePattern.noCounter]
    return patterns.map { pattern in
      if pattern == PlannedPattern.visits { return 0 }
      guard pattern.isCounted else { return RulePattern.noCounter }
      var salt: UInt32 = 0
      while true {
        let counter = UInt16(truncatingIfNeeded: hash32(of: pattern.text, seed: salt))
        if taken.insert(counter).inserted { return counter }
        salt += 1
      }
    }
  }
}

func hash32(of text: String, seed: UInt32 = 0) -> UInt32 {
  var text = text
  return text.withUTF8 { hash32(ByteView(UnsafeRawBufferPointer($0)), seed: seed) }
}
