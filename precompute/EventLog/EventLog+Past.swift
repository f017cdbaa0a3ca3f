extension EventLog {
  /// The log as it stood at `moment`: the events before it. Without a catalogue an item that has no event yet is unknown then; with
  /// one, the catalogue of today stands in for that of the day.
  public func past(before moment: UInt32) -> EventLog {
    var past = self
    past.table = table.events(from: 0, through: max(moment, 1) - 1)
    if catalogueSummary == nil {
      var isSeen = [Bool](repeating: false, count: table.itemIDs.count)
      for item in past.table.items { isSeen[Int(item)] = true }
      past.keepItems(isSeen)
    }
    past.events.times = past.table.times.min().map { $0...(past.table.times.max() ?? $0) }
    return past
  }
}
