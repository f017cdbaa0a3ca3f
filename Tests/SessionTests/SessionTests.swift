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

  @Test func impressionsFallOutFirst() {
    var session = Session()
    let half = UInt32(Session.signalsMax) / 2
    for item in 1...half { session.record(Signal(item: item, type: .purchase, time: item)) }
    for item in 1...3 * half { session.record(Signal(item: 1000 + item, type: .impression, time: half + item)) }
    #expect(session.count == Session.signalsMax)
    #expect(Array(session.items.suffix(Int(half))) == Array((1...half).reversed()))
    #expect(session.items.first == 1000 + 3 * half)
  }

  @Test func timesNeverGoBack() {
    var session = Session()
    for time in [100, 90, 120, 5] as [UInt32] { session.record(Signal(item: time, type: .view, time: time)) }
    #expect((0..<session.count).map { session.newest($0).time } == [120, 120, 100, 100])
    #expect(session.items == [5, 120, 90, 100])
    session.hold(at: 110)
    #expect((0..<session.count).map { session.newest($0).time } == [110, 110, 100, 100])
  }

  /// Against the definition: the first signal, and each that comes `pause` or more after the one before it.
  @Test func visitsStartAfterPauses() {
    var random = SeededGenerator(3)
    for _ in 0..<300 {
      var session = Session()
      let pause = UInt32(random.below(100) + 1)
      var times: [UInt32] = []
      for _ in 0..<random.below(40) { times.append((times.last ?? 1000) + UInt32(random.below(150))) }
      for time in times { session.record(Signal(item: 1, type: .view, time: time), pause: pause) }
      let starts = times.indices.filter { $0 == 0 || times[$0] - times[$0 - 1] >= pause }.map { times[$0] }
      #expect(session.visits == Array(starts.suffix(Session.marksMax)))
    }
  }

  @Test func aBusyCounterCrowdsOutNoOther() {
    var session = Session()
    session.record(Signal(item: 1, type: .view, time: 10))
    for time in 11..<100 as Range<UInt32> {
      session.record(Signal(item: 1, type: .view, time: time))
      session.mark(7, time)
    }
    #expect(session.marks.count == Session.marksMax)
    #expect(session.visits == [10])
    let times = session.marks.indices.map { session.marks[$0] }.filter { $0.counter == 7 }.map(\.time)
    #expect(times == Array(77..<100), "the newest of the busy one")
  }

  @Test func marksStandInOrderAndExpire() {
    var random = SeededGenerator(4)
    for _ in 0..<300 {
      var session = Session()
      session.record(Signal(item: 1, type: .view, time: 5_000), pause: .max)
      var model: [Mark] = [Mark(counter: 0, time: 5_000)]
      for counter in 1...UInt16(random.below(Session.marksMax - 1) + 1) {
        let time = UInt32(random.below(5_000))
        session.mark(counter, time)
        model.append(Mark(counter: counter, time: time))
      }
      let horizon = UInt32(random.below(5_000))
      session.dropMarks(before: horizon)
      let kept = session.marks.indices.map { session.marks[$0] }
      #expect(kept.map(\.time) == kept.map(\.time).sorted())
      #expect(Set(kept.map(\.counter)) == Set(model.filter { $0.time >= horizon }.map(\.counter)))
    }
  }

  /// The same operations on an array.
  @Test func behavesAsAListDoes() {
    var random = SeededGenerator(1)
    for _ in 0..<500 {
      var session = Session()
      var model: [Signal] = []
      for _ in 0..<random.below(5 * Session.signalsMax / 2) {
        let time = UInt32(random.below(2_000))
        if random.once(in: 10), !model.isEmpty {
          let index = random.below(model.count)
          session.drop(index)
          model.remove(at: index)
          session.dropMarks(before: .max)
        } else {
          let signal = Signal(item: UInt32(random.below(9)), type: .click, time: time)
          session.record(signal)
          session.dropMarks(before: .max)
          model.append(Signal(item: signal.item, type: .click, time: max(time, model.last?.time ?? 0)))
          model = model.suffix(Session.signalsMax)
        }
        #expect((0..<session.count).map { session.newest($0) } == model.reversed())
      }
      session.clear()
      #expect(session.isEmpty && session.sequence == 0)
    }
  }

  @Test func valuesPackWhatEventsMeasure() {
    for (seconds, depth, kept) in [(0, 0, (0, 0)), (12, 50, (12, 50)), (511, 100, (511, 100)), (9999, 999, (511, 100))]
      as [(UInt16, UInt16, (UInt16, UInt16))]
    {
      let value = Dwell.value(seconds: seconds, depth: depth)
      #expect(Dwell.seconds(value) == kept.0 && Dwell.depth(value) == kept.1)
    }
  }
}

extension Session {
  /// Newest first.
  var items: [UInt32] { (0..<count).map { newest($0).item } }

  var visits: [UInt32] {
    marks.indices.map { marks[$0] }.filter { $0.counter == Mark.visit }.map(\.time)
  }
}
