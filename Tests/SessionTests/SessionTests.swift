import Session
import TestSupport
import Testing

@Suite struct SessionTests {
  @Test func theOldestFallsOutOfAFullSession() {
    var session = Session()
    let newest = UInt32(Session.signalsMax) + 18
    for item in 1...newest { session.record(Signal(item: item, type: .view, time: item)) }
    #expect(session.count == Session.signalsMax)
    #expect(session.items == Array(stride(from: newest, through: 19, by: -1)))
  }

  @Test func expiryDropsWhatIsOlderThanTheWindow() {
    for (now, kept) in [(0, 5), (100, 5), (110, 5), (111, 4), (150, 1), (151, 0), (UInt32.max, 0)] as [(UInt32, Int)] {
      var session = Session()
      for time in stride(from: 10, through: 50, by: 10) as StrideThrough<UInt32> {
        session.record(Signal(item: time, type: .view, time: time))
      }
      session.expire(now: now, window: 100)
      #expect(session.count == kept, "at \(now)")
      #expect(session.items == Array([50, 40, 30, 20, 10].prefix(kept)))
    }
  }

  @Test func timesNeverGoBack() {
    var session = Session()
    for time in [100, 90, 120, 5] as [UInt32] { session.record(Signal(item: time, type: .view, time: time)) }
    #expect((0..<session.count).map { session.newest($0).time } == [120, 120, 100, 100])
    #expect(session.items == [5, 120, 90, 100])
  }

  /// The same operations on an array.
  @Test func behavesAsAListDoes() {
    var random = SeededGenerator(1)
    for _ in 0..<500 {
      var session = Session()
      var model: [Signal] = []
      for _ in 0..<random.below(5 * Session.signalsMax / 2) {
        let time = UInt32(random.below(2_000))
        if random.once(in: 10) {
          let window = UInt32(random.below(2_000))
          session.expire(now: time, window: window)
          model.removeAll { Int($0.time) < Int(time) - Int(window) }
          model = model.map { Signal(item: $0.item, type: $0.type, time: min($0.time, time)) }
        } else {
          let signal = Signal(item: UInt32(random.below(9)), type: .click, time: time)
          session.record(signal)
          model.append(Signal(item: signal.item, type: .click, time: max(time, model.last?.time ?? 0)))
          model = model.suffix(Session.signalsMax)
        }
        #expect((0..<session.count).map { session.newest($0) } == model.reversed())
      }
      session.clear()
      #expect(session.count == 0 && session.sequence == 0)
    }
  }
}

extension Session {
  /// Newest first.
  var items: [UInt32] { (0..<count).map { newest($0).item } }
}
