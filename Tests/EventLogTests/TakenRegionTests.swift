import EventLog
import Testing

/// Regions of events that are no region's code. Whoever sends events may write them, so they never end a read.
@Suite struct TakenRegionTests {
  @Test func groupsAndTheWorldAreNoRegions() throws {
    let log = try read(
      "session_id,item_id,time,region\ns,A,1,DE\ns,A,2,DACH\ns,B,3,world\ns,B,4,\ns,B,5,World\ns,B,6, DACH \ns,B,7,AT\n",
      "regions: { groups: { DACH: [DE, AT, DACH] } }")
    let names = log.table.regions.map { $0 == EventTable.noRegion ? nil : log.table.regionNames[Int($0)] }
    #expect(names == ["DE", nil, nil, nil, "World", nil, "AT"], "the events themselves count")
    #expect(log.table.regionNames == ["DE", "World", "AT"])
    #expect(log.events.withoutRegion == 3 && log.events.kept == 7)
  }

  @Test func withoutGroupsTheirNamesAreFree() throws {
    let log = try read("session_id,item_id,time,region\ns,A,1,DACH\n")
    #expect(log.table.regionNames == ["DACH"] && log.events.withoutRegion == 0)
  }
}
