import Configuration

extension EventTable {
  /// Keeps the regions with the most events (equal ones in order of their names) and counts the others under one name, or
  /// in no region where there is none.
  mutating func keepBusiestRegions(_ rules: RegionRules) {
    guard let limit = rules.keepBusiest, limit < regionNames.count else { return }
    var events = [Int](repeating: 0, count: regionNames.count)
    for region in regions where region != Self.noRegion { events[Int(region)] += 1 }
    let ranking = regionNames.indices.sorted {
      events[$0] != events[$1] ? events[$0] > events[$1] : regionNames[$0] < regionNames[$1]
    }
    let kept = ranking.prefix(limit).sorted()
    var names = kept.map { regionNames[$0] }
    var remaining = Self.noRegion
    if let other = rules.other {
      if !names.contains(other) { names.append(other) }
      remaining = UInt16(names.firstIndex(of: other)!)
    }
    var renumbered = [UInt16](repeating: remaining, count: regionNames.count)
    for (number, region) in kept.enumerated() { renumbered[region] = UInt16(number) }
    for index in regions.indices where regions[index] != Self.noRegion {
      regions[index] = renumbered[Int(regions[index])]
    }
    regionNames = names
  }
}
