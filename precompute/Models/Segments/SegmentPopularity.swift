import Configuration
import EventLog

/// What is popular in segments, of behaviour or of rules: a segment is to popularity what a region is. One of fewer people than
/// `segments.minimum_people` has no list.
package struct SegmentPopularity {
  private let table: EventTable
  private let people: People
  private let catalogue: Catalogue
  private let minimumPeople: Int
  private let parameters: DecayedPopularity.Parameters
  private let asOf: UInt32
  private let parallelism: Parallelism

  package init(
    _ table: EventTable, people: People, catalogue: Catalogue, weights: EventWeights, configuration: Configuration,
    asOf: UInt32, parallelism: Parallelism
  ) {
    (self.table, self.people, self.catalogue) = (table, people, catalogue)
    (self.asOf, self.parallelism) = (asOf, parallelism)
    minimumPeople = max(configuration.segments.minimumPeople, 1)
    var parameters = DecayedPopularity.Parameters(configuration)
    (parameters.weights, parameters.hasRegions) = (weights, true)
    self.parameters = parameters
  }

  /// - Parameter segmentOfPerson: by person of `People`, below `count`; `UInt16.max` for none.
  /// - Returns: by segment.
  package func lists(_ segmentOfPerson: [UInt16], count: Int) -> [Int: DecayedPopularity.TopList] {
    var table = table
    table.regions = people.ofEvent.map { person in
      let segment = segmentOfPerson[Int(person)]
      return segment == .max ? EventTable.noRegion : segment
    }
    table.regionNames = (0..<count).map(String.init)
    var rules = RegionTree.Parameters()
    rules.minimumPeople = minimumPeople
    let tree = RegionTree(table, people: people, parameters: rules)
    let popularity = DecayedPopularity.fit(
      table, people: people, regions: tree, catalogue: catalogue,
      attributes: ItemAttributes(Catalogue(), itemCount: table.itemIDs.count), parameters: parameters, asOf: asOf,
      parallelism: parallelism)
    var lists: [Int: DecayedPopularity.TopList] = [:]
    for (segment, scope) in tree.scopeOfRegion.enumerated() where scope != RegionTree.world {
      lists[segment] = popularity.lists.first { $0.scope == scope }
    }
    return lists
  }
}
