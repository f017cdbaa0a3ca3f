import EventLog

/// Who is behind each event: its user; else the user whom the same session names elsewhere (a visitor who signed in
/// half-way is one person); else the session itself.
public struct People: Sendable {
  /// Person by event: a user's index, or `userCount` + the session's index.
  public let ofEvent: [UInt32]
  /// An upper bound of the person numbers; not all of them occur.
  public let bound: Int

  public init(_ table: EventTable) {
    var userOfSession = [UInt32](repeating: EventTable.noUser, count: table.sessionCount)
    for (event, user) in table.users.enumerated() where user != EventTable.noUser {
      let session = Int(table.sessions[event])
      if userOfSession[session] == EventTable.noUser { userOfSession[session] = user }
    }
    let users = UInt32(table.userCount)
    ofEvent = (0..<table.count).map { event in
      if table.users[event] != EventTable.noUser { return table.users[event] }
      let session = table.sessions[event]
      let user = userOfSession[Int(session)]
      return user != EventTable.noUser ? user : users + session
    }
    bound = table.userCount + table.sessionCount
  }
}
