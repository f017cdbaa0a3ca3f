import Bytes
import SQLiteReader
import SnapshotFormat

/// The compiled rules of a base file, checked once: whatever the engine follows in them leads to a place inside of them.
public final class RuleTable {
  /// Segments that rules may name.
  public static let segmentsMax = 64
  /// Patterns of one sequence.
  public static let sequenceMax = 16

  private let parts: RuleParts
  /// Where rules and segments have their texts; nil for rules that stand in no file.
  private var texts: (rules: Table, segments: Table?)?

  /// In minor units, both ends within.
  struct PriceRange: BitwiseCopyable {
    let lowest, highest: UInt32
  }

  private init(_ parts: consuming RuleParts) { self.parts = parts }

  var keys: RuleKeys { _read { yield parts.keys } }
  var ranges: FixedArray<PriceRange> { _read { yield parts.ranges } }
  var windows: FixedArray<UInt32> { _read { yield parts.windows } }
  var references: FixedArray<UInt16> { _read { yield parts.references } }
  /// Those with a counter first, in ascending order of it.
  var patterns: FixedArray<RulePattern> { _read { yield parts.patterns } }
  var conditions: FixedArray<RuleCondition> { _read { yield parts.conditions } }
  var steps: FixedArray<UInt16> { _read { yield parts.steps } }
  var effects: FixedArray<RuleEffect> { _read { yield parts.effects } }
  var rules: FixedArray<CompiledRule> { _read { yield parts.rules } }
  /// How long marks are looked back at, seconds.
  var marksWindow: UInt32 { parts.marksWindow }

  /// Rules as `RuleLayout` has them; nil where the bytes are none.
  public static func read(_ bytes: ByteView) -> RuleTable? {
    guard let layout = RuleLayout(bytes) else { return nil }
    var parts = RuleParts(layout)
    return parts.check() ? RuleTable(parts) : nil
  }

  /// Nil where the file holds no rules, or damaged ones.
  static func open(_ file: SnapshotFile) throws(SnapshotError) -> RuleTable? {
    guard let table = try file.optionalTable(Schema.ruleTable), let rules = try file.optionalTable(Schema.rule) else {
      return nil
    }
    // Copied into one piece: a page may be shorter than a section.
    let bytes = OwnedBytes(capacity: RuleLayout.bytesMax)
    var writer = ByteWriter(bytes)
    var rows = Rows(Schema.ruleTable, table)
    while try rows.next() {
      guard case .blob(let data)? = try rows.value(1) else { return nil }
      writer.append(data)
    }
    guard !writer.overflowed, let opened = read(writer.view) else { return nil }
    opened.texts = (rules, try file.optionalTable(Schema.ruleSegment))
    return opened
  }

  public var count: Int { rules.count }

  /// The rule's id; empty where the snapshot is damaged.
  public func id(_ rule: Int) -> ByteView { texts?.rules.text(Int64(rule), column: 1) ?? .empty }
  /// What the rule offers: a code that means something to the shop alone.
  public func offer(_ rule: Int) -> ByteView { texts?.rules.text(Int64(rule), column: 2) ?? .empty }
  public func segmentCode(_ segment: Int) -> ByteView { texts?.segments?.text(Int64(segment), column: 1) ?? .empty }
  public func segmentName(_ segment: Int) -> ByteView { texts?.segments?.text(Int64(segment), column: 2) ?? .empty }

  /// The pattern whose events are marked by `counter`.
  func pattern(counter: UInt16) -> Int? {
    var (low, high) = (0, patterns.count)
    while low < high {
      let middle = (low &+ high) / 2
      if patterns[middle].counter < counter { low = middle &+ 1 } else { high = middle }
    }
    return low < patterns.count && patterns[low].counter == counter ? low : nil
  }
}

/// Keys by number, found by hash.
struct RuleKeys: ~Copyable {
  private let keys: FixedArray<UInt32>
  /// A key's number plus one; 0 where a slot is empty. At most half of them are full.
  private var slots: FixedArray<UInt16>
  private let shift: UInt32

  var count: Int { keys.count }

  /// Whether any rule names an item; most name what items have in common. Keys ascend, and items come last.
  var asksForItems: Bool { count > 0 && self[count &- 1].kind == .item }

  init(_ keys: consuming FixedArray<UInt32>) {
    var bits: UInt32 = 1
    while 1 << Int(bits) < 2 &* keys.count { bits &+= 1 }
    shift = 32 - bits
    slots = FixedArray(repeating: 0, count: 1 << Int(bits))
    self.keys = keys
    for number in self.keys.indices {
      var slot = start(self.keys[number])
      while slots[slot] != 0 { slot = next(slot) }
      slots[slot] = UInt16(truncatingIfNeeded: number &+ 1)
    }
  }

  subscript(_ number: Int) -> AttributeKey { AttributeKey(rawValue: keys[number]) }

  /// The number of `key` where any rule asks for it.
  @inline(__always)
  func number(_ key: AttributeKey) -> Int? {
    var slot = start(key.rawValue)
    while slots[slot] != 0 {
      let number = Int(slots[slot]) &- 1
      if keys[number] == key.rawValue { return number }
      slot = next(slot)
    }
    return nil
  }

  // Fibonacci hashing: the upper bits of a product with 2³² / φ.
  private func start(_ key: UInt32) -> Int { Int((key &* 0x9E37_79B1) &>> shift) }
  private func next(_ slot: Int) -> Int { slot &+ 1 == slots.count ? 0 : slot &+ 1 }
}
