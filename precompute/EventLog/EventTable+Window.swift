extension EventTable {
  /// The events from `oldest` through `newest`, under the same numbers of items, sessions, users and regions.
  public func events(from oldest: UInt32, through newest: UInt32) -> EventTable {
    let window = oldest...max(oldest, newest)
    if times.allSatisfy(window.contains) { return self }
    return events(times.indices.filter { window.contains(times[$0]) })
  }

  /// The events of these indices, under the same numbers.
  func events(_ kept: [Int]) -> EventTable {
    if kept.count == count { return self }
    var part = self
    part.items = kept.map { items[$0] }
    part.sessions = kept.map { sessions[$0] }
    part.users = kept.map { users[$0] }
    part.regions = kept.map { regions[$0] }
    part.types = kept.map { types[$0] }
    part.times = kept.map { times[$0] }
    return part
  }
}
