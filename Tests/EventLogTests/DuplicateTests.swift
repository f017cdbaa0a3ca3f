import Configuration
import EventLog
import TestSupport
import Testing

/// One event, delivered more than once.
@Suite struct DuplicateTests {
  @Test func oneIDIsOneEvent() throws {
    let log = try read(
      """
      {"event_id":"1","session_id":"s","item_id":"A","time":1}
      {"event_id":"2","session_id":"s","item_id":"A","time":1}
      {"session_id":"s","item_id":"A","time":1}
      {"event_id":"1","session_id":"s","item_id":"A","time":1}
      {"session_id":"s","item_id":"A","time":1}
      {"event_id":" 2 ","session_id":"t","item_id":"new","time":9}
      {"event_id":"","session_id":"s","item_id":"B","time":2}
      {"event_id":"3","session_id":"s","item_id":"B","time":3}
      """)
    #expect(log.table.itemNames == ["A", "A", "A", "A", "B", "B"])
    #expect(log.table.itemIDs == ["A", "B"] && log.table.sessionCount == 1, "a duplicate leaves no trace")
    let skipped = log.events.skipped.filter { $0.rows > 0 }
    #expect(skipped.map(\.rule) == ["duplicate: its event_id was read before"] && skipped.map(\.rows) == [2])
    #expect(log.events.rows == log.events.kept + 2)
  }

  /// A row that was not taken has not been read: the whole one behind a torn one counts.
  @Test func whatDidNotFitIsNoFirst() throws {
    let log = try read(
      "event_id,session_id,item_id,event,time\n1,s,A,view,\n2,s,A,scroll,1\n1,s,A,view,1\n2,s,B,view,1\n",
      "events: { reject: { max_share: 1 }, names: { scroll: skip } }")
    #expect(log.table.itemNames == ["A", "B"])
  }

  /// A batch that was delivered again as a whole, among events with ids and without, in files of their own: as if it had come once.
  @Test func deliveriesInAnyNumberAndOrder() throws {
    var generator = SeededGenerator(8)
    let rows = (0..<5_000).map { number in
      "\(number % 3 == 0 ? "" : "id-\(number)-\(number % 7)"),s\(number % 500),item\(number % 300),\(number)"
    }
    var delivered = rows
    for _ in 0..<40 {
      let start = Int.random(in: 0..<delivered.count, using: &generator)
      let batch = delivered[start..<min(start + Int.random(in: 1...500, using: &generator), delivered.count)]
      delivered += batch.filter { !$0.hasPrefix(",") }
    }
    func table(_ rows: [String], _ count: Int) throws -> EventTable {
      let folder = try TemporaryFolder()
      let size = (rows.count + count - 1) / count
      let paths = try (0..<count).map { part in
        let rows = rows[min(part * size, rows.count)..<min((part + 1) * size, rows.count)]
        return try folder.write(
          (["event_id,session_id,item_id,time"] + rows).joined(separator: "\n"), to: "\(part).csv")
      }
      return try withExtendedLifetime(folder) {
        try EventLog(reading: EventLog.Input(events: paths), configuration: .default).table
      }
    }
    let once = try table(rows, 1)
    let again = try table(delivered, 3)
    #expect(delivered.count > 6_000 && once.count == 5_000)
    #expect(again.times == once.times && again.items == once.items && again.sessions == once.sessions)
  }

  @Test func idsCanBeLeftUnread() throws {
    let text = "event_id,session_id,item_id,time\n7,s,A,1\n7,s,B,2\n"
    #expect(try read(text).table.count == 1)
    #expect(try read(text, "events: { columns: { event_id: [] } }").table.count == 2)
  }
}
