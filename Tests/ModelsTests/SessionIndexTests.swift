import EventLog
import Models
import Testing

@Suite struct SessionIndexTests {
  @Test func ordersEachSessionByTimeThenInput() {
    let table = randomTable(seed: 3, events: 5000, items: 20, sessions: 300)
    let coarse = table.times.map { $0 / 10_000 }  // many events in the same second
    var ties = table
    ties.times = coarse
    for table in [table, ties] {
      let index = SessionIndex(table)
      #expect(index.count == 300)
      for session in 0..<300 {
        let expected = (0..<table.count).filter { table.sessions[$0] == session }
          .sorted { (table.times[$0], $0) < (table.times[$1], $1) }
        #expect(index[session].map(Int.init) == expected)
      }
    }
  }

  @Test func sessionsWithoutEventsAreEmpty() {
    var builder = TableBuilder(items: 1, sessions: 3)
    builder.add(item: 0, session: 1)
    let index = SessionIndex(builder.table)
    #expect((0..<3).map { index[$0].count } == [0, 1, 0])
  }
}
