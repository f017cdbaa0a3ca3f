extension EventTable {
  /// The indices of all events by session, then time, then input order. Linear in the events, but for the sessions whose
  /// events are not in order of time yet.
  public func orderBySession() -> [UInt32] {
    order(by: sessions, groups: sessionCount)
  }

  /// Gives each user's events session numbers of their own, a new one after each pause of more than `gapSeconds`.
  mutating func cutSessions(gapSeconds: UInt32) {
    var last: (user: UInt32, time: UInt32)?
    var session: UInt32 = 0
    for index in order(by: users, groups: userCount) {
      let (user, time) = (users[Int(index)], times[Int(index)])
      if let last, last.user != user || time - last.time > gapSeconds { session += 1 }
      sessions[Int(index)] = session
      last = (user, time)
    }
    sessionCount = last == nil ? 0 : Int(session) + 1
  }

  /// Counting sort by group, which keeps the input order, then each group by time where it is not sorted already.
  private func order(by column: [UInt32], groups: Int) -> [UInt32] {
    var next = [UInt32](repeating: 0, count: groups + 1)
    for group in column { next[Int(group) + 1] += 1 }
    for group in 0..<groups { next[group + 1] += next[group] }
    var order = [UInt32](repeating: 0, count: count)
    for (index, group) in column.enumerated() {
      order[Int(next[Int(group)])] = UInt32(index)
      next[Int(group)] += 1
    }
    var start = 0
    for group in 0..<groups {
      let end = Int(next[group])
      sortByTime(&order, start..<end)
      start = end
    }
    return order
  }

  private func sortByTime(_ order: inout [UInt32], _ range: Range<Int>) {
    var isSorted = true
    for position in range.dropFirst() where times[Int(order[position - 1])] > times[Int(order[position])] {
      isSorted = false
      break
    }
    if isSorted { return }
    // One key of time and index keeps equal times in input order.
    let keys = range.map { UInt64(times[Int(order[$0])]) << 32 | UInt64(order[$0]) }.sorted()
    for (offset, key) in keys.enumerated() { order[range.lowerBound + offset] = UInt32(truncatingIfNeeded: key) }
  }
}
