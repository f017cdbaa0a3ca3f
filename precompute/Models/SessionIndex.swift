import EventLog

/// The events of each session, by time and, within a second, in input order.
public struct SessionIndex: Sendable {
  private let groups: Grouping

  public init(_ table: EventTable, parallelism: Parallelism = .allCores) {
    let inInputOrder = Grouping(table.sessions, groupCount: table.sessionCount)
    var groups = inInputOrder
    let times = table.times
    groups.members.withUnsafeMutableBufferPointer { members in
      parallelism.forEachChunk(of: inInputOrder.count, size: 4096) { sessions in
        for session in sessions {
          SessionIndex.sort(&members[inInputOrder.range(session)], by: times)
        }
      }
    }
    self.groups = groups
  }

  public var count: Int { groups.count }

  /// Event indices into the table.
  public subscript(session: Int) -> ArraySlice<UInt32> { groups[session] }

  private static func sort(_ events: inout Slice<UnsafeMutableBufferPointer<UInt32>>, by times: [UInt32]) {
    let inOrder = zip(events, events.dropFirst()).allSatisfy { times[Int($0)] <= times[Int($1)] }
    if inOrder { return }
    events.sort { (times[Int($0)], $0) < (times[Int($1)], $1) }
  }
}

extension SessionIndex {
  /// By item: the sessions that hold it at least once.
  package func sessionsOfItem(_ table: EventTable) -> [UInt32] {
    var counts = [UInt32](repeating: 0, count: table.itemIDs.count)
    var lastSession = [Int](repeating: -1, count: table.itemIDs.count)
    for session in 0..<count {
      for event in self[session] {
        let item = Int(table.items[Int(event)])
        if lastSession[item] != session { counts[item] += 1 }
        lastSession[item] = session
      }
    }
    return counts
  }
}
