import EventLog
import TestSupport
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

  /// Rows in no order, many of them in the same second, against a sort of the whole.
  @Test func cutsRowsInAnyOrder() throws {
    var generator = SeededGenerator(12)
    let rows = (0..<5_000).map { _ in
      (user: Int.random(in: 0..<300, using: &generator), time: UInt32.random(in: 0..<500, using: &generator))
    }
    // Users are numbered as they appear.
    var numbers: [Int: Int] = [:]
    for row in rows where numbers[row.user] == nil { numbers[row.user] = numbers.count }
    let order = rows.indices.sorted {
      (numbers[rows[$0].user]!, rows[$0].time, $0) < (numbers[rows[$1].user]!, rows[$1].time, $1)
    }
    var expected = [UInt32](repeating: 0, count: rows.count)
    for (last, next) in zip(order, order.dropFirst()) {
      let isSame = rows[last].user == rows[next].user && rows[next].time - rows[last].time <= 20
      expected[next] = expected[last] + (isSame ? 0 : 1)
    }
    let text = (["user_id,item_id,time"] + rows.map { "\($0.user),A,\($0.time)" }).joined(separator: "\n")
    #expect(try read(text, "events: { session_gap: 20s }").table.sessions == expected)
  }

  @Test func manyIDsKeepTheirNumbers() throws {
    let rows = (0..<60_000).map { "s\($0 % 20_011),item-with-a-long-name-\($0 % 30_011),\($0)" }
    let table = try read((["session_id,item_id,time"] + rows).joined(separator: "\n")).table
    #expect(table.itemIDs == (0..<30_011).map { "item-with-a-long-name-\($0)" })
    #expect(table.items == (0..<60_000).map { UInt32($0 % 30_011) })
    #expect(table.sessionCount == 20_011)
  }
}
