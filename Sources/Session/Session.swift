import Bytes

/// One thing that the visitor did. `item` is the item's 32-bit name (`hash32` of its external id), which outlives the
/// generation of a snapshot; zero stands for an event without an item.
public struct Signal: Equatable, BitwiseCopyable, Sendable {
  public var item: UInt32
  public var type: EventType
  /// Seconds since 1970, by the host's clock.
  public var time: UInt32
  /// What events of some types measure, such as the seconds of a dwell; 0 for the others.
  public var value: UInt16

  public init(item: UInt32, type: EventType, time: UInt32, value: UInt16 = 0) {
    self.item = item
    self.type = type
    self.time = time
    self.value = value
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

/// What is held on one visitor: the newest signals inside the window, oldest first.
public struct Session: ~Copyable {
  /// Signals kept; the older ones fall out first.
  public static let signalsMax = 64

  public private(set) var signals = FixedArray<Signal>(capacity: Session.signalsMax)
  /// Goes up by one with every stored change, so that the newer of two tokens can be told.
  public var sequence: UInt16 = 0

  public init() {}

  public var count: Int { signals.count }
  /// The ages of the signals, from newest to oldest.
  public var indices: Indices { signals.indices }

  /// The signal `age` steps back; 0 is the newest.
  public func newest(_ age: Int) -> Signal { signals[signals.count &- 1 &- age] }

  /// Adds a signal. Times never go back within a session: a clock that does is held at the newest time seen.
  public mutating func record(_ signal: Signal) {
    var signal = signal
    if count > 0 { signal.time = max(signal.time, newest(0).time) }
    if signals.isFull { dropOldest(1) }
    signals.append(signal)
  }

  /// Adds a signal older than all, as a token gives them; false where no more are kept. `reverse` has to follow.
  mutating func append(older signal: Signal) -> Bool { signals.append(signal) }

  mutating func reverse() {
    var (low, high) = (0, count &- 1)
    while low < high {
      let kept = signals[low]
      signals[low] = signals[high]
      signals[high] = kept
      low &+= 1
      high &-= 1
    }
  }

  /// Drops what is older than `window` seconds at `now`, and brings what a fast clock has put into the future back to it.
  public mutating func expire(now: UInt32, window: UInt32) {
    for index in 0..<count where signals[index].time > now { signals[index].time = now }
    let horizon = now > window ? now - window : 0
    var expired = 0
    while expired < count, signals[expired].time < horizon { expired &+= 1 }
    if expired > 0 { dropOldest(expired) }
  }

  public mutating func clear() {
    signals.removeAll()
    sequence = 0
  }

  private mutating func dropOldest(_ number: Int) {
    let kept = count &- number
    for index in 0..<kept { signals[index] = signals[index &+ number] }
    signals.truncate(to: kept)
  }
}
