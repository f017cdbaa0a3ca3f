import Bytes

/// What is held on one visitor: the newest signals inside the window, oldest first, and marks of what has left it.
public struct Session: ~Copyable {
  /// Signals kept; the older ones fall out first.
  public static let signalsMax = 64
  /// Marks kept; of too many, the oldest of the counter that has the most falls out.
  public static let marksMax = 24

  /// Seconds without a signal after which the next one starts a visit, where nothing else is said.
  public static let pause: UInt32 = 1800

  public private(set) var signals = FixedArray<Signal>(capacity: Session.signalsMax)
  /// Oldest first; none is newer than the newest signal.
  public private(set) var marks = FixedArray<Mark>(capacity: Session.marksMax)
  /// Goes up by one with every stored change, so that the newer of two tokens can be told.
  public var sequence: UInt16 = 0
  /// A random number of the present visit, by which an event log holds its events together; 0 for a visit that has none yet.
  public var visit: UInt32 = 0

  public init() {}

  public var count: Int { signals.count }
  /// The ages of the signals, from newest to oldest.
  public var indices: Indices { signals.indices }

  /// The signal `age` steps back; 0 is the newest.
  public func newest(_ age: Int) -> Signal { signals[signals.count &- 1 &- age] }

  /// The newest moment that is held; 0 where nothing is.
  public var time: UInt32 {
    count > 0 ? newest(0).time : marks.count > 0 ? marks[marks.count &- 1].time : 0
  }

  public var isEmpty: Bool { count == 0 && marks.isEmpty }

  /// The signal of a full session that the next one takes the place of: the oldest impression, or the oldest of all where none of
  /// them is one. What was only shown says least, and comes in lists.
  public var dropping: Int {
    for index in signals.indices where signals[index].type == .impression { return index }
    return 0
  }

  /// Adds a signal; a full session drops one for it. Times never go back within a session: a clock that does is held
  /// at the newest time seen. After `pause` seconds without any, a visit starts.
  public mutating func record(_ signal: Signal, pause: UInt32 = Session.pause) {
    var signal = signal
    signal.time = max(signal.time, time)
    let startsVisit = count == 0 || signal.time - time >= pause
    if signals.isFull { drop(dropping) }
    signals.append(signal)
    if startsVisit {
      visit = 0
      mark(Mark.visit, signal.time)
    }
  }

  /// Whether who comes back at `now` is on another visit, before the first event of it has been posted.
  public func isBegunAnew(at now: UInt32, pause: UInt32) -> Bool { !isEmpty && now &- min(time, now) >= pause }

  /// Notes that something happened at `time`, which is not after the newest signal.
  public mutating func mark(_ counter: UInt16, _ time: UInt32) {
    if marks.isFull { dropMark() }
    var place = marks.count
    while place > 0, marks[place &- 1].time > time { place &-= 1 }
    marks.insert(Mark(counter: counter, time: time), at: place)
  }

  /// Brings what a fast clock has put into the future back to `now`.
  public mutating func hold(at now: UInt32) {
    for index in signals.indices where signals[index].time > now { signals[index].time = now }
    for index in marks.indices where marks[index].time > now { marks[index].time = now }
  }

  /// Drops the signal at `index`, counted from the oldest.
  public mutating func drop(_ index: Int) { signals.remove(at: index) }

  /// Drops the marks from before `horizon`.
  public mutating func dropMarks(before horizon: UInt32) {
    while marks.count > 0, marks[0].time < horizon { marks.remove(at: 0) }
  }

  public mutating func clear() {
    signals.removeAll()
    marks.removeAll()
    sequence = 0
    visit = 0
  }

  /// Makes room for a mark, so that a busy counter crowds out no other.
  private mutating func dropMark() {
    var (dropped, most) = (0, 0)
    for index in marks.indices {
      var count = 0
      // The oldest of a counter finds them all.
      for other in index..<marks.count where marks[other].counter == marks[index].counter { count &+= 1 }
      if count > most { (dropped, most) = (index, count) }
    }
    marks.remove(at: dropped)
  }
}

/// What a token gives, newest first; `reverse` has to follow.
extension Session {
  /// Adds a signal older than all; false where no more are kept.
  mutating func append(older signal: Signal) -> Bool { signals.append(signal) }

  /// The same for a mark.
  mutating func append(older mark: Mark) -> Bool { marks.append(mark) }

  mutating func reverse() {
    signals.reverse()
    marks.reverse()
  }
}
