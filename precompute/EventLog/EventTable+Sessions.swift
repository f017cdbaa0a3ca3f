extension EventTable {
  /// Gives each user's events session numbers of their own, a new one after each pause of more than `gapSeconds`.
  mutating func cutSessions(gapSeconds: UInt32) {
    var last: (user: UInt32, time: UInt32)?
    var session: UInt32 = 0
    for index in orderByUser() {
      let (user, time) = (users[Int(index)], times[Int(index)])
      if let last, last.user != user || time - last.time > gapSeconds { session += 1 }
      sessions[Int(index)] = session
      last = (user, time)
    }
    sessionCount = last == nil ? 0 : Int(session) + 1
  }

  /// The indices of all events by user, then time, then input order: a counting sort by user, which keeps the input order, then
  /// each user's by time where they are not in that order already.
  private func orderByUser() -> [UInt32] {
    var next = [UInt32](repeating: 0, count: userCount + 1)
    for user in users { next[Int(user) + 1] += 1 }
    for user in 0..<userCount { next[user + 1] += next[user] }
    var order = [UInt32](repeating: 0, count: count)
    for (index, user) in users.enumerated() {
      order[Int(next[Int(user)])] = UInt32(index)
      next[Int(user)] += 1
    }
    var start = 0
    for user in 0..<userCount {
      let end = Int(next[user])
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
