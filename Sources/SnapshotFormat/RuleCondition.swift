import Bytes

/// Which events a rule means: types, and what their items have to be. 8 bytes: types u16 (bit t for raw value t), first
/// reference u16, references u16, counter u16, in memory as in the file.
public struct RulePattern: Equatable, BitwiseCopyable, Sendable {
  public static let width = 8
  /// In place of a counter: events that have left the session are not counted on.
  public static let noCounter = UInt16.max
  /// In a reference: this key begins another attribute.
  public static let beginsAttribute: UInt16 = 0x8000

  public let types: UInt16
  public let firstReference, referenceCount: UInt16
  /// The counter of the marks that stand for such events once they have left the session.
  public let counter: UInt16

  public init(types: UInt16, firstReference: Int, referenceCount: Int, counter: UInt16) {
    self.types = types
    self.firstReference = UInt16(firstReference)
    self.referenceCount = UInt16(referenceCount)
    self.counter = counter
  }

  public func encoded() -> [UInt8] {
    [types, firstReference, referenceCount, counter].flatMap { RuleLayout.littleEndian(UInt32($0), 2) }
  }
}

/// A condition that holds or does not, of its own. 12 bytes: kind u8, negated u8, number u8, window u8, pattern u16, other u16,
/// argument u32.
public struct RuleCondition: Equatable, BitwiseCopyable, Sendable {
  /// Raw values are part of the snapshot.
  public enum Kind: UInt8, CaseIterable, BitwiseCopyable, Sendable {
    /// At least `number` events of `pattern` within the window.
    case count = 1
    /// Events of `pattern` about at least `number` items within the window.
    case distinct = 2
    /// Events of `number` patterns one after the other, those that the references from `pattern` on name.
    case sequence = 3
    /// An event of `pattern` within the window, and none of `other` in the `argument` seconds since, or later.
    case absence = 4
    /// The visitor's region has a code whose `hash32` is `argument`.
    case region = 5
    /// The raw value of device, referrer or context is a bit of `argument`; of the day of the week, bit 0 is Monday.
    case device = 6
    case referrer = 7
    case page = 8
    case days = 9
    /// The local minute of the day is from the lower 16 bits of `argument` on, and before its upper ones; over midnight where
    /// these are not larger.
    case time = 10
    /// The visitor is in segment `argument` of table `rule_segment`, by the rules above.
    case segment = 11
    /// The visitor is in segment `argument` of table `segment`.
    case cluster = 12
  }

  public static let width = 12

  public let kind: Kind
  public let isNegated: Bool
  public let number: UInt8
  /// Its number among the windows.
  public let window: UInt8
  public let pattern, other: UInt16
  public let argument: UInt32

  public init(
    _ kind: Kind, isNegated: Bool = false, number: Int = 1, window: Int = 0, pattern: Int = 0, other: Int = 0,
    argument: UInt32 = 0
  ) {
    self.kind = kind
    self.isNegated = isNegated
    self.number = UInt8(number)
    self.window = UInt8(window)
    self.pattern = UInt16(pattern)
    self.other = UInt16(other)
    self.argument = argument
  }

  /// Nil where the kind is not known.
  public init?(_ bytes: ByteView, at offset: Int) {
    guard let kind = Kind(rawValue: bytes[offset]) else { return nil }
    self.kind = kind
    isNegated = bytes[offset &+ 1] != 0
    number = bytes[offset &+ 2]
    window = bytes[offset &+ 3]
    pattern = bytes.u16le(offset &+ 4)
    other = bytes.u16le(offset &+ 6)
    argument = bytes.u32le(offset &+ 8)
  }

  public func encoded() -> [UInt8] {
    [kind.rawValue, isNegated ? 1 : 0, number, window] + RuleLayout.littleEndian(UInt32(pattern), 2)
      + RuleLayout.littleEndian(UInt32(other), 2) + RuleLayout.littleEndian(argument, 4)
  }
}

/// What a rule does where it holds. 8 bytes: those of an `Adjustment`, or kind u8, three zeros, argument u32.
public enum RuleEffect: Equatable, BitwiseCopyable, Sendable {
  case adjust(Adjustment)
  /// The visitor is in segment `UInt32` of table `rule_segment`, or is no longer.
  case join(UInt32)
  case leave(UInt32)
  /// The rule's offer is good for so many seconds from the moment on since when the rule has held.
  case offer(UInt32)

  static let joinKind: UInt8 = 16
  static let leaveKind: UInt8 = 17
  static let offerKind: UInt8 = 18

  /// Nil where the kind is not known.
  public init?(_ bytes: ByteView, at offset: Int) {
    let argument = bytes.u32le(offset &+ 4)
    switch bytes[offset] {
    case RuleEffect.joinKind: self = .join(argument)
    case RuleEffect.leaveKind: self = .leave(argument)
    case RuleEffect.offerKind: self = .offer(argument)
    default:
      guard let adjustment = Adjustment(bytes, at: offset) else { return nil }
      self = .adjust(adjustment)
    }
  }

  public func encoded() -> [UInt8] {
    switch self {
    case .adjust(let adjustment): adjustment.encoded()
    case .join(let segment): RuleEffect.bytes(RuleEffect.joinKind, segment)
    case .leave(let segment): RuleEffect.bytes(RuleEffect.leaveKind, segment)
    case .offer(let seconds): RuleEffect.bytes(RuleEffect.offerKind, seconds)
    }
  }

  private static func bytes(_ kind: UInt8, _ argument: UInt32) -> [UInt8] {
    [kind, 0, 0, 0] + RuleLayout.littleEndian(argument, 4)
  }
}
