import EventLog
import Models
import Ranking
import TestSupport
import Testing

@Suite struct RollingFoldsTests {
  /// Stretches follow each other to the newest event, and what is asked in one happened after what its index knows.
  @Test(arguments: [1, 4, 9]) func noIndexSeesItsQuestions(count: Int) throws {
    let log = try planted(sessions: 400, over: 40 * 86_400, from: 1_600_000_000)
    let table = log.table
    let rolling = RollingFolds(table, count: count, positions: 500) { $0 - 1 }
    #expect(rolling.folds.count == count)
    #expect(rolling.folds.last?.end == table.times.max()! + 1)
    for (older, newer) in zip(rolling.folds, rolling.folds.dropFirst()) { #expect(older.end == newer.cut) }
    var asked = Set<Int>()
    for fold in rolling.folds {
      let sessions = rolling.sessions(of: fold)
      #expect(sessions.contains(true))
      for session in sessions.indices where sessions[session] {
        #expect(asked.insert(session).inserted, "a session is asked once")
      }
      let past = log.past(before: fold.cut).table
      #expect(past.count > 0 && past.times.allSatisfy { $0 < fold.cut })
      for (session, time) in zip(table.sessions, table.times) where sessions[Int(session)] {
        #expect(time >= fold.cut && rolling.starts[Int(session)] < fold.end)
      }
      // Every session that starts within the stretch is there.
      let expected = Set(zip(table.sessions, table.times).filter { $0.1 < fold.cut }.map(\.0))
      let later = Set(zip(table.sessions, table.times).filter { $0.1 < fold.end }.map(\.0))
      #expect(sessions.indices.filter { sessions[$0] } == later.subtracting(expected).map(Int.init).sorted())
    }
  }

  /// As long as its questions need, where a day is shorter and a tenth of the log longer than that.
  @Test func lengths() throws {
    let table = try planted(sessions: 2_000, over: 100 * 86_400, from: 1_600_000_000).table
    func newest(_ positions: Int) -> (length: UInt32, questions: Int) {
      let rolling = RollingFolds(table, count: 4, positions: positions) { $0 - 1 }
      let fold = rolling.folds[3]
      let asked = rolling.sessions(of: fold)
      return (fold.end - fold.cut, zip(table.sessions, table.times).count { asked[Int($0.0)] } - asked.count { $0 })
    }
    let range = table.times.max()! - table.times.min()!
    #expect(newest(4).length == 86_400)
    #expect(newest(1_000_000).length == range / 10)
    // Twenty sessions of three to five events a day: three to four days for 200 questions.
    let (length, questions) = newest(800)
    #expect(length > 2 * 86_400 && length < 6 * 86_400)
    #expect((200...204).contains(questions), "\(questions): as many as are wanted, but for the rest of a session")
    // A log of less than ten days has no whole day to spare.
    let short = try planted(sessions: 300, over: 5 * 86_400, from: 1_600_000_000).table
    let fold = RollingFolds(short, count: 1, positions: 1) { $0 - 1 }.folds[0]
    #expect(fold.end - fold.cut == (short.times.max()! - short.times.min()!) / 10)
  }

  /// More stretches than the log has room for, and a clock that starts at zero.
  @Test func stretchesEndWhereTheLogBegins() throws {
    let table = try planted(sessions: 400, over: 5_000, from: 0).table
    let folds = RollingFolds(table, count: 30, positions: 1_000_000) { $0 - 1 }.folds
    #expect(folds.count == 10)
    #expect(folds[0].cut > table.times.min()! && folds[9].end == table.times.max()! + 1)
  }

  @Test func aMomentHasNoPast() {
    var table = EventTable()
    #expect(RollingFolds(table, count: 4, positions: 100) { $0 }.folds.isEmpty)
    (table.items, table.sessions, table.times) = ([0, 0], [0, 0], [7, 9])
    (table.types, table.users, table.regions) = ([1, 1], [.max, .max], [.max, .max])
    (table.sessionCount, table.itemIDs) = (1, ["A"])
    #expect(RollingFolds(table, count: 4, positions: 100) { $0 }.folds.isEmpty)
  }

  /// Sessions of three to five views that begin evenly over the time.
  private func planted(sessions: Int, over seconds: Int, from start: Int) throws -> EventLog {
    var random = SeededGenerator(1)
    var rows: [Row] = []
    for session in 0..<sessions {
      let begin = start + session * seconds / sessions
      for step in 0..<3 + random.below(3) { rows.append(Row(session, "i\(random.below(50))", begin + step)) }
    }
    return try readLog(rows.shuffled(using: &random))
  }
}
