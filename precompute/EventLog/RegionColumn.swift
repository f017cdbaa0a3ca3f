import Bytes

/// The regions of events, numbered as they come. A table has room for `limit` of them: where there are more, those with the most events stay, of
/// equal ones the earlier, and the events of the others are of region `other`, without one of none.
struct RegionColumn {
  let limit: Int
  let other: String?
  private var names = Interner()
  private var numbers: [UInt16] = []
  /// Events whose region came too late for a number of 16 bits. Few where the column is one of regions, as those with many events are met early; eight
  /// bytes for nearly each event where it names something else.
  private var late: [(event: UInt32, region: UInt32)] = []

  init(limit: Int, other: String? = nil) { (self.limit, self.other) = (limit, other) }

  /// - Parameter region: empty for none.
  mutating func append(_ region: ByteView) throws {
    if region.isEmpty { return numbers.append(EventTable.noRegion) }
    guard let number = names.intern(region), let event = UInt32(exactly: numbers.count) else {
      throw EventLogError.tooManyDistinct(what: "regions")
    }
    if number >= UInt32(EventTable.noRegion) { late.append((event, number)) }
    numbers.append(UInt16(exactly: number) ?? EventTable.noRegion)
  }

  consuming func finished() -> (numbers: [UInt16], names: [String], folded: FoldedRegions?) {
    guard names.count > limit else { return (numbers, names.strings(), nil) }
    let other = other.flatMap { names.intern($0) }.map(Int.init)
    var events = [Int](repeating: 0, count: names.count)
    for number in numbers where number != EventTable.noRegion { events[Int(number)] += 1 }
    for (_, region) in late { events[Int(region)] += 1 }
    func rank(_ region: Int) -> (Int, Int) { (region == other ? Int.min : -events[region], region) }
    let kept = events.indices.sorted { rank($0) < rank($1) }.prefix(limit).sorted()
    var place = [UInt16?](repeating: nil, count: names.count)
    for (number, region) in kept.enumerated() { place[region] = UInt16(number) }
    let elsewhere = other.flatMap { place[$0] } ?? EventTable.noRegion
    for event in numbers.indices where numbers[event] != EventTable.noRegion {
      numbers[event] = place[Int(numbers[event])] ?? elsewhere
    }
    for (event, region) in late { numbers[Int(event)] = place[Int(region)] ?? elsewhere }
    let foldedEvents = events.indices.reduce(0) { $0 + (place[$1] == nil ? events[$1] : 0) }
    return (
      numbers, kept.map { names[UInt32($0)] }, FoldedRegions(regions: events.count - kept.count, events: foldedEvents)
    )
  }
}
