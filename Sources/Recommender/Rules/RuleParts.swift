import Bytes
import SnapshotFormat

/// The sections of compiled rules as arrays, before they are trusted.
struct RuleParts: ~Copyable {
  let keys: RuleKeys
  let ranges: FixedArray<RuleTable.PriceRange>
  let windows: FixedArray<UInt32>
  let references: FixedArray<UInt16>
  let patterns: FixedArray<RulePattern>
  var conditions: FixedArray<RuleCondition>
  let steps: FixedArray<UInt16>
  var effects: FixedArray<RuleEffect>
  let rules: FixedArray<CompiledRule>
  private(set) var marksWindow: UInt32 = 0
  /// Whether every entry was one.
  private var isWhole = true

  init(_ layout: RuleLayout) {
    keys = RuleKeys(FixedArray(copying: layout.section(.keys)))
    ranges = FixedArray(copying: layout.section(.ranges))
    windows = FixedArray(copying: layout.section(.windows))
    references = FixedArray(copying: layout.section(.references))
    patterns = FixedArray(copying: layout.section(.patterns))
    steps = FixedArray(copying: layout.section(.steps))
    rules = FixedArray(copying: layout.section(.rules))
    conditions = FixedArray(capacity: layout.count(.conditions))
    let bytes = layout.bytes
    var at = layout.start(.conditions)
    for _ in Indices(conditions.capacity) {
      if let condition = RuleCondition(bytes, at: at) { conditions.append(condition) } else { isWhole = false }
      at &+= RuleCondition.width
    }
    effects = FixedArray(capacity: layout.count(.effects))
    at = layout.start(.effects)
    for _ in Indices(effects.capacity) {
      if let effect = RuleEffect(bytes, at: at) { effects.append(effect) } else { isWhole = false }
      at &+= RuleSection.effects.width
    }
  }

  // MARK: Checks

  /// Whether all that is referred to is there. Stretches of patterns and rules follow each other without overlap, so that the
  /// sections' sizes bound the work.
  mutating func check() -> Bool {
    isWhole && checkPatterns() && checkConditions() && checkEffects() && checkRules()
  }

  private func checkPatterns() -> Bool {
    var end = 0
    var counter = -1
    for index in patterns.indices {
      let pattern = patterns[index]
      guard Int(pattern.firstReference) == end, end &+ Int(pattern.referenceCount) <= references.count else {
        return false
      }
      for _ in Indices(Int(pattern.referenceCount)) {
        let key = Int(references[end] & ~RulePattern.beginsAttribute)
        guard key < keys.count &+ ranges.count else { return false }
        end &+= 1
      }
      guard Int(pattern.counter) > counter || pattern.counter == RulePattern.noCounter else { return false }
      counter = Int(pattern.counter)
    }
    return true
  }

  private mutating func checkConditions() -> Bool {
    for index in conditions.indices {
      let condition = conditions[index]
      switch condition.kind {
      case .count, .distinct, .absence, .sequence:
        guard Int(condition.window) < windows.count, condition.number > 0 else { return false }
        if condition.kind == .sequence {
          guard checkSequence(condition) else { return false }
        } else {
          guard Int(condition.pattern) < patterns.count, Int(condition.other) < patterns.count else { return false }
          marksWindow = max(marksWindow, windows[Int(condition.window)])
        }
      case .segment: if condition.argument >= UInt32(RuleTable.segmentsMax) { return false }
      default: break
      }
    }
    return true
  }

  private func checkSequence(_ condition: RuleCondition) -> Bool {
    let (first, count) = (Int(condition.pattern), Int(condition.number))
    guard count <= RuleTable.sequenceMax, first &+ count <= references.count else { return false }
    for place in first..<first &+ count where Int(references[place]) >= patterns.count { return false }
    return true
  }

  private func checkEffects() -> Bool {
    for index in effects.indices {
      switch effects[index] {
      case .join(let segment), .leave(let segment):
        if segment >= UInt32(RuleTable.segmentsMax) { return false }
      case .adjust, .offer: break
      }
    }
    return true
  }

  private func checkRules() -> Bool {
    var (step, effect) = (0, 0)
    for index in rules.indices {
      let rule = rules[index]
      guard Int(rule.firstStep) == step, Int(rule.firstEffect) == effect else { return false }
      effect &+= Int(rule.effectCount)
      let end = step &+ Int(rule.stepCount)
      guard end <= steps.count, effect <= effects.count else { return false }
      var depth = 0
      while step < end {
        let number = RuleStep.number(steps[step])
        if RuleStep.isOperation(steps[step]) {
          guard number > 0, number <= depth else { return false }
          depth &-= number
        } else {
          guard number < conditions.count else { return false }
        }
        depth &+= 1
        guard depth <= RuleStep.stackMax else { return false }
        step &+= 1
      }
      guard depth == 1 else { return false }
    }
    return true
  }
}
