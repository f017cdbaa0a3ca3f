import Bytes

/// The regions of events, numbered as they come. A table has room for `limit` of them: where there are more, those with the most events stay, of
/// equal ones the earlier, and the events of the others have none.
struct RegionColumn {
  let limit: Int
  private var names = Interner()
  private var numbers: [UInt16] = []
  /// Events whose region came too late for a number of 16 bits: few, as regions with many events are met early.
  private var late: [(event: Int, region: UInt32)] = []

  init(limit: Int) { self.limit = limit }

  /// - Parameter region: empty for none.
  mutating func append(_ region: ByteView) throws {
    if region.isEmpty { return numbers.append(EventTable.noRegion) }
    guard let number = names.intern(region) else { throw EventLogError.tooManyDistinct(what: "regions") }
    if number >= UInt32(EventTable.noRegion) { late.append((numbers.count, number)) }
    numbers.append(UInt16(exactly: number) ?? EventTable.noRegion)
  }

  consuming func finished() -> (numbers: [UInt16], names: [String], folded: FoldedRegions?) {
    guard names.count > limit else { return (numbers, names.strings(), nil) }
    var events = [Int](repeating: 0, count: names.count)
    for number in numbers where number != EventTable.noRegion { events[Int(number)] += 1 }
    for (_, region) in late { events[Int(region)] += 1 }
    let kept = events.indices.sorted { (-events[$0], $0) < (-events[$1], $1) }.prefix(limit).sorted()
    var place = [UInt16](repeating: EventTable.noRegion, count: names.count)
    for (number, region) in kept.enumerated() { place[region] = UInt16(number) }
    for event in numbers.indices where numbers[event] != EventTable.noRegion {
      numbers[event] = place[Int(numbers[event])]
    }
    for (event, region) in late { numbers[event] = place[Int(region)] }
    let foldedEvents = events.indices.reduce(0) { $0 + (place[$1] == EventTable.noRegion ? events[$1] : 0) }
    return (
      numbers, kept.map { names[UInt32($0)] }, FoldedRegions(regions: events.count - kept.count, events: foldedEvents)
    )
  }
}
