import EventLog

/// Which list serves which region. World → groups → regions; a region or group with too few people has no lists of its
/// own and is served by its parent, both for privacy and because its figures would be noise.
public struct RegionTree: Sendable {
  public struct Parameters: Sendable {
    /// Distinct people that a region or group needs.
    public var minimumPeople = 50
    /// Keeps the so many regions with the most events; all others become one region named `other`, outside any group.
    public var keepBusiest: Int?
    public var other = "other"
    /// Regions and groups that have lists, at most: those with the most people. Hosts read a manifest of about so many files.
    public var scopesMax = 2_000
    /// Group by region name, for instance continent by country.
    public var groups: [String: String] = [:]

    public init() {}
  }

  public enum Level: Int, Sendable {
    case world, group, region
  }

  public struct Scope: Sendable, Equatable {
    public var level: Level
    public var name: String
    /// Index of the parent scope; the world is its own parent.
    public var parent: Int
    public var people: Int
  }

  /// The scopes with lists of their own: the world first, then groups, then regions, by name.
  public let scopes: [Scope]
  /// By region index of the event table: its serving scope.
  public let scopeOfRegion: [Int]
  /// Regions and groups with people enough that have no lists, being more than `scopesMax`.
  public let leftOut: Int

  public static let world = 0

  /// The scope that serves a region index of the event table, `EventTable.noRegion` included.
  public func scope(ofRegion region: UInt16) -> Int {
    region == EventTable.noRegion ? RegionTree.world : scopeOfRegion[Int(region)]
  }

  public init(_ table: EventTable, people: People, parameters: Parameters = Parameters()) {
    let units = RegionTree.units(table, parameters)
    let groupNames = Set(units.group.compactMap { $0 }).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    let groupNumber = Dictionary(uniqueKeysWithValues: zip(groupNames, 0...))
    let counts = RegionTree.countPeople(
      table, people, unitOfRegion: units.ofRegion, groupOfUnit: units.group.map { $0.map { groupNumber[$0]! } },
      groupCount: groupNames.count)

    // A group stands before its regions, so that of as many people it is first.
    let counted = counts.groups + counts.units
    let large = counted.indices.filter { counted[$0] >= parameters.minimumPeople }
      .sorted { (-counted[$0], $0) < (-counted[$1], $1) }
    let listed = Set(large.prefix(parameters.scopesMax))
    leftOut = large.count - listed.count

    var scopes = [Scope(level: .world, name: "", parent: RegionTree.world, people: counts.world)]
    var scopeOfGroup: [String: Int] = [:]
    for (group, name) in groupNames.enumerated() where listed.contains(group) {
      scopeOfGroup[name] = scopes.count
      scopes.append(Scope(level: .group, name: name, parent: RegionTree.world, people: counts.groups[group]))
    }
    let parents = units.group.map { $0.flatMap { scopeOfGroup[$0] } ?? RegionTree.world }
    var scopeOfUnit = parents
    for (unit, people) in counts.units.enumerated() where listed.contains(groupNames.count + unit) {
      scopeOfUnit[unit] = scopes.count
      scopes.append(Scope(level: .region, name: units.names[unit], parent: parents[unit], people: people))
    }
    self.scopes = scopes
    scopeOfRegion = units.ofRegion.map { scopeOfUnit[$0] }
  }

  /// Regions after `keepBusiest`, by name.
  private static func units(
    _ table: EventTable, _ parameters: Parameters
  ) -> (names: [String], group: [String?], ofRegion: [Int]) {
    var events = [Int](repeating: 0, count: table.regionNames.count)
    for region in table.regions where region != EventTable.noRegion { events[Int(region)] += 1 }
    let byName = events.indices.sorted {
      table.regionNames[$0].utf8.lexicographicallyPrecedes(table.regionNames[$1].utf8)
    }
    var kept = Set(byName)
    if let limit = parameters.keepBusiest {
      let candidates = byName.filter { table.regionNames[$0] != parameters.other }
      let busiest = candidates.enumerated().sorted { a, b in
        (events[b.element], a.offset) < (events[a.element], b.offset)
      }
      kept = Set(busiest.prefix(limit).map(\.element))
    }
    let names = Set(table.regionNames.indices.map { kept.contains($0) ? table.regionNames[$0] : parameters.other })
      .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    let number = Dictionary(uniqueKeysWithValues: zip(names, 0...))
    return (
      names, names.map { $0 == parameters.other && parameters.keepBusiest != nil ? nil : parameters.groups[$0] },
      table.regionNames.indices.map { number[kept.contains($0) ? table.regionNames[$0] : parameters.other]! }
    )
  }

  private static func countPeople(
    _ table: EventTable, _ people: People, unitOfRegion: [Int], groupOfUnit: [Int?], groupCount: Int
  ) -> (world: Int, groups: [Int], units: [Int]) {
    let byPerson = Grouping(people.ofEvent, groupCount: people.bound)
    var world = 0
    var groups = DistinctCounter(count: groupCount)
    var units = DistinctCounter(count: groupOfUnit.count)
    for person in 0..<byPerson.count {
      let events = byPerson[person]
      if !events.isEmpty { world += 1 }
      for event in events where table.regions[Int(event)] != EventTable.noRegion {
        let unit = unitOfRegion[Int(table.regions[Int(event)])]
        units.count(unit, for: person)
        if let group = groupOfUnit[unit] { groups.count(group, for: person) }
      }
    }
    return (world, groups.counts, units.counts)
  }
}

/// Counts each key once for each person, people coming one after the other.
private struct DistinctCounter {
  var counts: [Int]
  private var lastPerson: [Int]

  init(count: Int) {
    counts = [Int](repeating: 0, count: count)
    lastPerson = [Int](repeating: -1, count: count)
  }

  mutating func count(_ key: Int, for person: Int) {
    if lastPerson[key] == person { return }
    lastPerson[key] = person
    counts[key] += 1
  }
}
