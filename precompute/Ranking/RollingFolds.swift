import EventLog

/// A stretch of past time whose sessions are questions to an index of what was before it.
package struct Fold: Equatable {
  /// Seconds since 1970: the index holds the events before it, the questions are the sessions that start from it on.
  package let cut: UInt32
  /// The sessions that start before it.
  package let end: UInt32
}

/// The newest stretches of a log, oldest first. Each is as long as it takes to ask so many questions, a day at least where the log
/// has ten of them, and never more than a tenth of the log.
package struct RollingFolds {
  package let folds: [Fold]
  /// By session: when it starts.
  package let starts: [UInt32]

  /// - Parameters:
  ///   - positions: questions wanted in all.
  ///   - perSession: how many a session of so many events asks.
  package init(_ table: EventTable, count: Int, positions: Int, perSession: (Int) -> Int) {
    var starts = [UInt32](repeating: .max, count: table.sessionCount)
    var sizes = [Int](repeating: 0, count: table.sessionCount)
    for (session, time) in zip(table.sessions, table.times) {
      starts[Int(session)] = min(starts[Int(session)], time)
      sizes[Int(session)] += 1
    }
    self.starts = starts
    // The moment after the newest event has to be one.
    guard let oldest = table.times.min(), let last = table.times.max(), case let newest = min(last, .max - 1),
      newest >= oldest, newest - oldest >= 10
    else {
      folds = []
      return
    }
    var wanted = positions / count
    var start = newest
    for session in starts.indices.sorted(by: { starts[$0] > starts[$1] }) where wanted > 0 && sizes[session] > 0 {
      wanted -= perSession(sizes[session])
      start = starts[session]
    }
    let longest = (newest - oldest) / 10
    let length = min(longest, max(newest - start + 1, min(86_400, longest)))
    // Before the oldest event there is nothing to ask.
    folds = (1...min(count, Int((newest - oldest) / length))).reversed().map { back in
      let end = newest + 1 - UInt32(back - 1) * length
      return Fold(cut: end - length, end: end)
    }
  }

  package func sessions(of fold: Fold) -> [Bool] { starts.map { $0 >= fold.cut && $0 < fold.end } }
}
