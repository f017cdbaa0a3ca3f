import EventLog
import Testing

@Suite struct SessionTests {
  @Test func usersAreCutAtPauses() throws {
    let log = try read(
      """
      user_id,item_id,time
      u,A,1000
      v,A,1000
      u,B,4600
      u,C,2800
      u,D,4601
      v,B,99999
      u,E,6402
      ,F,1
      """, anyShare)
    // u: 1000, 2800 (pause of exactly 30 minutes), 4600, 4601, then 1801 later a new session.
    #expect(log.table.sessions == [0, 2, 0, 0, 0, 3, 1])
    #expect(log.table.sessionCount == 4)
    #expect(log.reasons == ["9 missing user"])
  }

  @Test func theGapIsConfigured() throws {
    let text = "user_id,item_id,time\nu,A,0\nu,B,59\nu,C,120\n"
    #expect(try read(text, "events: { session_gap: 60s }").table.sessions == [0, 0, 1])
    #expect(try read(text, "events: { session_gap: 1h }").table.sessionCount == 1)
  }

  @Test func orderBySession() throws {
    var generator = SeededGenerator(state: 12)
    let rows = (0..<5_000).map { _ in
      (session: Int.random(in: 0..<300, using: &generator), time: UInt32.random(in: 0..<50, using: &generator))
    }
    let text = (["session_id,item_id,time"] + rows.map { "\($0.session),A,\($0.time)" }).joined(separator: "\n")
    let table = try read(text).table
    let expected = rows.indices.sorted {
      (table.sessions[$0], table.times[$0], $0) < (table.sessions[$1], table.times[$1], $1)
    }
    #expect(table.orderBySession() == expected.map(UInt32.init))
    #expect(EventTable().orderBySession() == [])
  }

  @Test func manyIDsKeepTheirNumbers() throws {
    let rows = (0..<60_000).map { "s\($0 % 20_011),item-with-a-long-name-\($0 % 30_011),\($0)" }
    let table = try read((["session_id,item_id,time"] + rows).joined(separator: "\n")).table
    #expect(table.itemIDs == (0..<30_011).map { "item-with-a-long-name-\($0)" })
    #expect(table.items == (0..<60_000).map { UInt32($0 % 30_011) })
    #expect(table.sessionCount == 20_011)
  }
}
