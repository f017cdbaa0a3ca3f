import Bytes

/// The compiled rules of a snapshot: nine sections of fixed-width entries behind a header of their counts (u16 each, in
/// this order, then one u16 zero), little-endian. The whole is cut into the rows of table `rule_table`.
public enum RuleSection: Int, CaseIterable, BitwiseCopyable, Sendable {
  /// `AttributeKey`s in ascending order, each once: what matchers ask of an item. u32.
  case keys
  /// Ranges of prices, lowest and highest: 2 × u32.
  case ranges
  /// Windows of time, seconds: u32.
  case windows
  /// u16: what a pattern asks (a key's number, or from the keys' count on a range's; bit 15 begins another attribute, of which
  /// any one value has to fit), or a sequence's patterns.
  case references
  case patterns
  case conditions
  /// Programs of rules: u16, see `RuleStep`.
  case steps
  case effects
  case rules

  public static let count = 9

  public var width: Int {
    switch self {
    case .references, .steps: 2
    case .keys, .windows: 4
    case .ranges, .effects, .rules: 8
    case .patterns: RulePattern.width
    case .conditions: RuleCondition.width
    }
  }

  /// Bounds the scorer's memory and work for a hostile snapshot.
  public var countMax: Int {
    switch self {
    case .ranges, .windows: 64
    case .rules: 256
    case .keys, .patterns, .conditions, .effects: 1024
    case .references, .steps: 4096
    }
  }
}

/// Where the sections of compiled rules stand.
public struct RuleLayout: BitwiseCopyable {
  public static let headerWidth = 2 * (RuleSection.count + 1)
  /// Every section at its largest.
  public static let bytesMax = 80 << 10

  public let bytes: ByteView

  /// Nil where `bytes` are not as long as their header says, or a section is longer than it may be.
  public init?(_ bytes: ByteView) {
    guard bytes.has(0, RuleLayout.headerWidth) else { return nil }
    self.bytes = bytes
    var end = RuleLayout.headerWidth
    for section in RuleSection.allCases {
      guard count(section) <= section.countMax else { return nil }
      end &+= count(section) &* section.width
    }
    guard end == bytes.count else { return nil }
  }

  public func count(_ section: RuleSection) -> Int { Int(bytes.u16le(2 &* section.rawValue)) }

  /// The offset of the first entry of `section`.
  @inline(never)
  public func start(_ section: RuleSection) -> Int {
    var offset = RuleLayout.headerWidth
    for earlier in RuleSection.allCases where earlier.rawValue < section.rawValue {
      offset &+= count(earlier) &* earlier.width
    }
    return offset
  }

  @inline(never)
  public func section(_ section: RuleSection) -> ByteView {
    bytes.dropFirst(start(section)).prefix(count(section) &* section.width)
  }

  /// - Parameter sections: the bytes of each section, in the order of `RuleSection`.
  public static func encode(_ sections: [[UInt8]]) -> [UInt8] {
    precondition(sections.count == RuleSection.count)
    var bytes: [UInt8] = []
    for section in RuleSection.allCases {
      bytes += littleEndian(UInt32(sections[section.rawValue].count / section.width), 2)
    }
    bytes += [0, 0]
    for section in sections { bytes += section }
    return bytes
  }

  public static func littleEndian(_ value: UInt32, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * UInt32($0))) }
  }
}

/// A step of a rule's program in postfix order: a condition's number puts its moment on the stack, an operator joins the
/// topmost `arity` moments. A condition is the moment since when it has held, `never` where it does not: *all* is then the
/// largest, *any* the smallest.
public enum RuleStep {
  public static let never = UInt32.max
  public static let stackMax = 16

  static let operation: UInt16 = 0x8000
  static let isAny: UInt16 = 0x4000

  public static func condition(_ number: Int) -> UInt16 { UInt16(truncatingIfNeeded: number) & 0x3FFF }
  public static func all(_ arity: Int) -> UInt16 { operation | UInt16(truncatingIfNeeded: arity) & 0x3FFF }
  public static func any(_ arity: Int) -> UInt16 { all(arity) | isAny }

  public static func isOperation(_ step: UInt16) -> Bool { step & operation != 0 }
  public static func isAny(_ step: UInt16) -> Bool { step & isAny != 0 }
  /// The condition's number, or the operator's arity.
  public static func number(_ step: UInt16) -> Int { Int(step & 0x3FFF) }
}

/// One rule: its program and its effects, as stretches of their sections. 4 × u16, in memory as in the file.
public struct CompiledRule: Equatable, BitwiseCopyable, Sendable {
  public let firstStep, stepCount, firstEffect, effectCount: UInt16

  public init(firstStep: Int, stepCount: Int, firstEffect: Int, effectCount: Int) {
    self.firstStep = UInt16(firstStep)
    self.stepCount = UInt16(stepCount)
    self.firstEffect = UInt16(firstEffect)
    self.effectCount = UInt16(effectCount)
  }

  public func encoded() -> [UInt8] {
    [firstStep, stepCount, firstEffect, effectCount].flatMap { RuleLayout.littleEndian(UInt32($0), 2) }
  }
}
