/// One thing that the visitor did. `item` is the item's 32-bit name (`hash32` of its external id), which outlives the
/// generation of a snapshot; zero stands for an event without an item. A search has the `hash32` of its lower-cased
/// words there instead.
public struct Signal: Equatable, BitwiseCopyable, Sendable {
  public var item: UInt32
  public var type: EventType
  /// Seconds since 1970, by the host's clock.
  public var time: UInt32
  /// What the event measured: `EventType.holds` says of which types, `Dwell` and `Rating` how.
  public var value: UInt16

  public init(item: UInt32, type: EventType, time: UInt32, value: UInt16 = 0) {
    self.item = item
    self.type = type
    self.time = time
    self.value = value
  }

  /// The name of the item; zero where the event is about none.
  public var itemName: UInt32 { type == .search ? 0 : item }
}

/// The value of a `dwell`: seconds in the upper 9 bits, how far the page was scrolled, in percent, in the lower 7.
public enum Dwell {
  public static let secondsMax: UInt16 = 511
  public static let depthMax: UInt16 = 100

  public static func value(seconds: UInt16, depth: UInt16) -> UInt16 {
    min(seconds, secondsMax) << 7 | min(depth, depthMax)
  }

  public static func seconds(_ value: UInt16) -> UInt16 { value >> 7 }
  public static func depth(_ value: UInt16) -> UInt16 { value & 0x7F }
}

/// The value of a `rate`: hundredths of the scale's top.
public enum Rating {
  public static let max: UInt16 = 100
}

extension EventType {
  /// Whether events of this type measure something.
  var hasValue: Bool { self == .dwell || self == .rate }

  /// Whether an event of this type can have `value`.
  func holds(_ value: UInt16) -> Bool {
    switch self {
    case .dwell: Dwell.depth(value) <= Dwell.depthMax
    case .rate: value <= Rating.max
    default: value == 0
    }
  }
}

/// What outlives the signal it came from: the moment of something that a rule counts, or the start of a visit.
public struct Mark: Equatable, BitwiseCopyable, Sendable {
  /// The starts of visits.
  public static let visit: UInt16 = 0

  /// What is counted: `visit`, or a hash of a rule's condition that stays the same from build to build.
  public var counter: UInt16
  /// Seconds since 1970.
  public var time: UInt32

  public init(counter: UInt16, time: UInt32) {
    self.counter = counter
    self.time = time
  }
}
