import Configuration
import Evaluation
import EventLog
import Foundation
import Replay
import Session
import TestSupport
import Testing

struct TestSetTests {
  private func testSet(_ csv: String, _ kind: EvaluationProtocol, _ yaml: String = "", seed: UInt64 = 1) throws
    -> TestSet
  {
    try TestSet(readLog(csv, yaml), protocol: kind, configuration: Configuration(yaml: yaml), seed: seed)
  }

  /// Every event after the first of its session is a target, whatever it repeats; events without weight, items that may not
  /// be recommended and lone events are none, but are seen before others.
  @Test func nextItemPositions() throws {
    let test = try testSet(
      eventsCSV([
        (1, "a", "view", 10), (1, "b", "impression", 11), (1, "a", "view", 12), (1, "POST", "view", 13),
        (1, "c", "add_to_cart", 14), (2, "a", "view", 5), (3, "c", "view", 9), (3, "b", "view", 8),
      ]), .next(excludingCurrent: false), "never_recommend: [POST]")
    let named = test.positions.map { position -> String in
      let session = test.sessions[position.session]
      func ids(_ items: [UInt32]) -> String { items.map { test.itemIDs[Int($0)] }.joined() }
      return ids(test.signals(before: position).map { session[$0].item }) + ">" + ids([session[position.target].item])
        + " of " + ids(test.relevantItems(at: position))
    }
    #expect(named == ["ab>a of ac", "abaPOST>c of c", "b>c of c"])
  }

  @Test func baskets() throws {
    let test = try testSet(
      eventsCSV([
        (1, "a", "view", 10), (1, "a", "add_to_cart", 11), (1, "b", "add_to_cart", 12),
        (1, "b", "remove_from_cart", 13),
        (1, "c", "purchase", 14), (1, "a", "purchase", 15), (1, "POST", "purchase", 16), (2, "a", "purchase", 5),
      ]), .basket(perBasket: 15), "never_recommend: [POST]")
    #expect(test.sessions.map { $0.map { test.itemIDs[Int($0.item)] } } == [["a", "c"], ["a"]])
    #expect(test.sessions[0].allSatisfy { $0.type == .addToCart })
    #expect(test.positions == test.positions.filter { $0.session == 0 })
    #expect(test.positions.map(\.target) == [0, 1])
    #expect(test.positions.map { test.signals(before: $0) } == [[1], [0]])
    #expect(test.positions.map { test.relevantItems(at: $0).count } == [1, 1])
  }

  /// A log of views alone: each session is a basket of what was seen.
  @Test func basketsOfViews() throws {
    let test = try testSet(
      eventsCSV([(1, "a", "view", 1), (1, "b", "view", 2), (1, "a", "view", 3)]), .basket(perBasket: 15))
    #expect(test.positions.count == 2)
  }

  @Test func largeBasketsAreSampledBySeed() throws {
    let csv = eventsCSV((0..<100).map { (1, "i\($0)", "purchase", $0) })
    func targets(_ seed: UInt64) throws -> [Int] {
      try testSet(csv, .basket(perBasket: 15), seed: seed).positions.map(\.target)
    }
    let first = try targets(1)
    #expect(first.count == 15 && Set(first).count == 15 && first == first.sorted())
    #expect(try targets(1) == first)
    #expect(try targets(2) != first)
  }

  @Test func nothingToAsk() {
    #expect(throws: EvaluationError.noPositions(protocolName: "next", sessions: 1)) {
      try testSet(eventsCSV([(1, "a", "view", 1)]), .next(excludingCurrent: true))
    }
  }

  /// Serenade's count for its example files: all rows but the first of each of the 302 sessions, repeats and unknown items
  /// included.
  @Test(.enabled(if: sharedData != nil, "needs the data sets in ../shared/data or $MARTLET_SHARED/data"))
  func serenadeHas931Positions() throws {
    let path = try #require(sharedData).appending(path: "serenade-toy/test.tsv.gz").path
    let configuration = try example("serenade.yaml")
    let log = try EventLog(reading: EventLog.Input(events: [path]), configuration: configuration)
    let test = try TestSet(log, protocol: .next(excludingCurrent: true), configuration: configuration, seed: 1)
    #expect(test.positionCount == 931)
    #expect(test.eventCount == 1233)
    #expect(test.sessionCount == 302)
  }
}
