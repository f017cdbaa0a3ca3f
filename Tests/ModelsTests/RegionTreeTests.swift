import EventLog
import Models
import Testing

@Suite struct RegionTreeTests {
  /// `people[r]` sessions in region r, each with `eventsEach[r]` events.
  private func table(_ regions: [(name: String, people: Int, eventsEach: Int)]) -> EventTable {
    var builder = TableBuilder(items: 1, sessions: regions.reduce(0) { $0 + $1.people }, regions: regions.map(\.name))
    var session = 0
    for (region, entry) in regions.enumerated() {
      for _ in 0..<entry.people {
        for _ in 0..<entry.eventsEach { builder.add(item: 0, session: session, region: region) }
        session += 1
      }
    }
    return builder.table
  }

  private func served(_ tree: RegionTree, _ table: EventTable) -> [String] {
    table.regionNames.indices.map { tree.scopes[tree.scope(ofRegion: UInt16($0))].name }
  }

  @Test func smallRegionsAreServedByTheWorld() {
    let table = table([("Iceland", 9, 100), ("Germany", 10, 1), ("France", 11, 1)])
    var parameters = RegionTree.Parameters()
    parameters.minimumPeople = 10
    let tree = RegionTree(table, people: People(table), parameters: parameters)
    #expect(served(tree, table) == ["", "Germany", "France"])
    #expect(tree.scopes.map(\.name) == ["", "France", "Germany"])
    #expect(tree.scopes.map(\.people) == [30, 11, 10])
    #expect(tree.scope(ofRegion: EventTable.noRegion) == RegionTree.world)
  }

  @Test func smallRegionsAreServedByAGroupThatIsLargeEnough() {
    let table = table([("Iceland", 4, 1), ("Norway", 7, 1), ("Sweden", 12, 1), ("Fiji", 3, 1), ("Samoa", 2, 1)])
    var parameters = RegionTree.Parameters()
    parameters.minimumPeople = 10
    parameters.groups = ["Iceland": "North", "Norway": "North", "Sweden": "North", "Fiji": "South", "Samoa": "South"]
    let tree = RegionTree(table, people: People(table), parameters: parameters)
    #expect(served(tree, table) == ["North", "North", "Sweden", "", ""])
    #expect(tree.scopes.map(\.name) == ["", "North", "Sweden"])
    #expect(tree.scopes.map(\.parent) == [0, 0, 1])
    #expect(tree.scopes.map(\.people) == [28, 23, 12])
  }

  @Test func allButTheBusiestBecomeOne() {
    let table = table([("b", 5, 2), ("a", 5, 2), ("c", 5, 3), ("d", 5, 1), ("other", 5, 9)])
    var parameters = RegionTree.Parameters()
    parameters.minimumPeople = 5
    parameters.keepBusiest = 2
    let tree = RegionTree(table, people: People(table), parameters: parameters)
    // c is the busiest, a ties with b and comes first by name; a region that is named like the rest belongs to it.
    #expect(served(tree, table) == ["other", "a", "c", "other", "other"])
    #expect(tree.scopes.map(\.people) == [25, 5, 5, 15])
  }

  /// Of as many people a group goes before its regions: a region's parent has lists wherever it could.
  @Test func thoseWithTheMostPeopleHaveLists() {
    let table = table([("a", 12, 1), ("b", 14, 1), ("c", 13, 1), ("d", 14, 1)])
    var parameters = RegionTree.Parameters()
    parameters.minimumPeople = 10
    parameters.groups = ["d": "D"]
    for (most, names) in [(0, []), (1, ["D"]), (2, ["D", "b"]), (3, ["D", "b", "d"]), (4, ["D", "b", "c", "d"])] {
      parameters.scopesMax = most
      let tree = RegionTree(table, people: People(table), parameters: parameters)
      #expect(tree.scopes.dropFirst().map(\.name) == names)
      #expect(
        served(tree, table) == ["a", "b", "c", "d"].map { names.contains($0) ? $0 : $0 == "d" && most > 0 ? "D" : "" })
      #expect(tree.leftOut == 5 - most)
    }
  }

  @Test func aPersonCountsOnceInEachRegion() {
    var builder = TableBuilder(items: 1, sessions: 30, users: 2, regions: ["x", "y"])
    for session in 0..<30 {
      builder.add(item: 0, session: session, user: session % 2, region: session % 3 == 0 ? 0 : 1)
    }
    var parameters = RegionTree.Parameters()
    parameters.minimumPeople = 2
    let tree = RegionTree(builder.table, people: People(builder.table), parameters: parameters)
    #expect(tree.scopes.map(\.people) == [2, 2, 2])
  }

  @Test func withoutRegionsThereIsOnlyTheWorld() {
    let tree = RegionTree(EventTable(), people: People(EventTable()))
    #expect(tree.scopes.map(\.level) == [.world])
    #expect(tree.scopes.map(\.people) == [0])
  }
}
