extension EventLog {
  /// The log as it stood at `moment`: the events before it. Without a catalogue an item that has no event yet is unknown then; with
  /// one, the catalogue of today stands in for that of the day.
  public func past(before moment: UInt32) -> EventLog {
    var past = self
    past.table = table.events(from: 0, through: max(moment, 1) - 1)
    if catalogueSummary == nil { past.dropUnseenItems() }
    past.events.times = past.table.times.min().map { $0...(past.table.times.max() ?? $0) }
    return past
  }

  private mutating func dropUnseenItems() {
    var numbers = [UInt32?](repeating: nil, count: table.itemIDs.count)
    for item in table.items { numbers[Int(item)] = 0 }
    let kept = numbers.indices.filter { numbers[$0] != nil }
    for (number, item) in kept.enumerated() { numbers[item] = UInt32(number) }
    table.items = table.items.map { numbers[Int($0)] ?? 0 }
    table.itemIDs = kept.map { table.itemIDs[$0] }
    catalogue.items = kept.map { catalogue.items[$0] }
  }
}
