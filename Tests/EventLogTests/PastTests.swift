import EventLog
import Testing

/// The log as it stood at a moment.
@Suite struct PastTests {
  private static let events = """
    session_id,item_id,time,title
    s1,A,100,First
    s2,C,300,
    s1,B,200,Second
    s2,A,310,
    s3,D,300,Last
    """

  @Test func onlyWhatWasBeforeIsKnown() throws {
    let log = try read(Self.events)
    let past = log.past(before: 300)
    #expect(past.table.itemNames == ["A", "B"] && past.table.times == [100, 200])
    #expect(past.table.itemIDs == ["A", "B"] && past.catalogue.items.map(\.title) == ["First", "Second"])
    #expect(past.events.times == 100...200)
    #expect(log.past(before: 301).table.itemNames == ["A", "C", "B", "D"], "items keep the order of the whole log")
    #expect(log.past(before: 301).catalogue.items.map(\.title) == ["First", "", "Second", "Last"])
  }

  /// Sessions and regions keep their numbers, so that parts of one log can be joined by them.
  @Test func sessionsKeepTheirNumbers() throws {
    let log = try read(Self.events)
    for moment in [250, 305, 311] as [UInt32] {
      let past = log.past(before: moment).table
      let kept = log.table.times.indices.filter { log.table.times[$0] < moment }
      #expect(past.sessions == kept.map { log.table.sessions[$0] })
      #expect(past.itemNames == kept.map { log.table.itemNames[$0] })
      #expect(past.types == kept.map { log.table.types[$0] } && past.count == kept.count)
      #expect(past.sessionCount == log.table.sessionCount)
    }
    #expect(log.past(before: .max).table.itemIDs == log.table.itemIDs)
  }

  /// Before the first event nothing is known.
  @Test(arguments: [0, 1, 100] as [UInt32]) func theBeginning(moment: UInt32) throws {
    let past = try read(Self.events).past(before: moment)
    #expect(past.table.count == 0 && past.table.itemIDs.isEmpty && past.catalogue.items.isEmpty)
  }

  /// The catalogue of today stands in for that of the day.
  @Test func aCatalogueKeepsItsItems() throws {
    let log = try read(Self.events, catalogue: "item_id,title\nE,Never seen\nB,Second now\n")
    let past = log.past(before: 300)
    #expect(past.table.itemNames == ["A", "B"])
    #expect(past.table.itemIDs == log.table.itemIDs && past.table.itemIDs.contains("E"))
    #expect(past.catalogue.items.map(\.title) == log.catalogue.items.map(\.title))
  }

  @Test func itemsAreTakenAwayWithTheirEvents() throws {
    var log = try read(Self.events)
    log.keepItems([true, false, true, false])
    #expect(log.table.itemIDs == ["A", "B"] && log.catalogue.items.map(\.title) == ["First", "Second"])
    #expect(log.table.itemNames == ["A", "B", "A"] && log.table.times == [100, 200, 310])
    #expect(log.table.sessions == [0, 0, 1] && log.table.sessionCount == 3)
  }
}
