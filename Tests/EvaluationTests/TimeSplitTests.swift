import Configuration
import Evaluation
import EventLog
import Foundation
import Replay
import Testing
import TestSupport

struct TimeSplitTests {
  @Test func holdoutTexts() throws {
    #expect(try Holdout("1d") == .lastSeconds(86_400))
    #expect(try Holdout("2w") == .lastSeconds(1_209_600))
    #expect(try Holdout("10%") == .share(0.1))
    #expect(try Holdout("2011-09-01") == .from(1_314_835_200))
    #expect(try Holdout("2011-09-01T06:00:00Z") == .from(1_314_856_800))
    for text in ["", "d", "0d", "-1d", "100%", "0%", "7102w9", "tomorrow", "9999999999d", "2011-13-01"] {
      #expect(throws: EvaluationError.badHoldout(text)) { try Holdout(text) }
    }
  }

  /// Sessions at random times, many of them across the cut.
  private func table(seed: UInt64) throws -> EventTable {
    var random = SeededGenerator(seed)
    let rows = (0..<200).flatMap { session in
      let start = Int.random(in: 0..<100_000, using: &random)
      return (0..<4).map { _ in (session, "i", "view", start + Int.random(in: 0..<9_000, using: &random)) }
    }
    return try readLog(eventsCSV(rows.shuffled(using: &random))).table
  }

  @Test(arguments: [Holdout.lastSeconds(20_000), .share(0.1), .share(0.5), .from(70_000)])
  func nothingOfTheTestPartIsTrainedOn(_ holdout: Holdout) throws {
    let table = try table(seed: 3)
    let split = try TimeSplit(table, holdout)
    for event in 0..<table.count {
      let session = Int(table.sessions[event])
      if split.isTraining[event] { #expect(table.times[event] < split.cut && !split.isTest[session]) }
      if split.isTest[session] { #expect(table.times[event] >= split.cut) }
    }
    let left = (0..<table.count).filter { !split.isTraining[$0] && !split.isTest[Int(table.sessions[$0])] }
    #expect(Set(left.map { table.sessions[$0] }).count == split.crossingSessions)
    if case .share(let share) = holdout { #expect(abs(Double(split.isTest.count { $0 }) - 200 * share) <= 2) }
    if case .lastSeconds(let seconds) = holdout { #expect(split.cut == table.times.max()! - seconds + 1) }
  }

  @Test func emptyParts() throws {
    let table = try table(seed: 4)
    #expect(throws: EvaluationError.self) { try TimeSplit(table, .from(4_000_000_000)) }
    #expect(throws: EvaluationError.self) { try TimeSplit(table, .from(0)) }
  }

  /// Items, titles and prices that only the held-out part names do not reach the training part, the catalogue's do.
  @Test func trainingKnowsNothingOfTheFuture() throws {
    let folder = try TemporaryFolder()
    let events = try folder.write(
      """
      session_id,item_id,time,title,price
      1,a,100,Old title,1.00
      1,b,110,,
      2,c,900,,
      2,a,901,New title,9.00
      """, to: "events.csv")
    let catalogue = try folder.write("item_id,brand\nd,X\n", to: "catalogue.csv")
    let parts = try EvaluationParts(
      .split(events: [events], .from(500)), catalogue: [catalogue], .default)
    #expect(parts.training.table.itemIDs == ["a", "b", "d"])
    #expect(parts.training.catalogue.items[0].title == "Old title")
    #expect(parts.training.catalogue.items[0].price == 100)
    #expect(parts.training.table.times == [100, 110])
    #expect(parts.test.table.count == 4)
    let other = try Configuration(yaml: "never_recommend: [b]")
    #expect(try parts.training(readBy: other).catalogue.items.map(\.isNeverRecommended) == [false, true, false])
    #expect(try parts.training(readBy: other).table.itemIDs == ["a", "b", "d"])
    #expect(throws: EvaluationError.differentReading("events")) {
      try parts.training(readBy: Configuration(yaml: "events: { default_type: click }"))
    }
  }
}
