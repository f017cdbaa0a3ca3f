import Configuration
import EventLog
import Testing

@Suite struct RegionTests {
  private func log(_ regions: [String], _ yaml: String = "") throws -> EventLog {
    try read((["session_id,item_id,time,region"] + regions.map { "s,A,1,\($0)" }).joined(separator: "\n"), yaml)
  }

  @Test func asManyAsATableHoldsStay() throws {
    let names = (1...65_534).map { "r\($0)" }
    let log = try log(names)
    #expect(log.table.regionNames == names && log.events.foldedRegions == nil)
  }

  /// Against the plain count: of 66,000 regions those with the most events stay, of equal ones the earlier, whenever they are met.
  @Test func ofMoreThoseWithTheMostEventsStay() throws {
    var regions = (0..<66_000).map { "r\($0)" }
    regions += (65_000..<66_000).map { "r\($0)" } + [""] + (0..<66_000).filter { $0 % 3 == 0 }.map { "r\($0)" }
    var counts: [String: Int] = [:]
    for region in regions where !region.isEmpty { counts[region, default: 0] += 1 }
    let inOrder = regions.prefix(66_000)
    let ranked = inOrder.enumerated().sorted { (-counts[$0.element]!, $0.offset) < (-counts[$1.element]!, $1.offset) }
    let kept = Set(ranked.prefix(65_534).map(\.element))
    let log = try log(regions)
    #expect(log.table.regionNames == inOrder.filter(kept.contains))
    let read = log.table.regions.map { $0 == EventTable.noRegion ? "" : log.table.regionNames[Int($0)] }
    #expect(read == regions.map { kept.contains($0) ? $0 : "" })
    let folded = try #require(log.events.foldedRegions)
    #expect(folded.regions == 66_000 - 65_534)
    #expect(folded.events == regions.count { !$0.isEmpty && !kept.contains($0) })
  }

  /// What stands for the regions that are left out takes one of the numbers, whether it is met early, late, or in no event.
  @Test(arguments: [nil, 0, 65_990]) func theOthersCountAsOther(metAt: Int?) throws {
    var regions = (0..<66_000).map { "r\($0)" } + (0..<65_000).map { "r\($0)" }
    if let metAt { regions[metAt] = "rest" }
    let log = try log(regions, "regions: { keep_busiest: 100, other: rest }")
    #expect(log.table.regionNames.count == 65_534 && log.table.regionNames.count { $0 == "rest" } == 1)
    let kept = Set(log.table.regionNames)
    let read = log.table.regions.map { log.table.regionNames[Int($0)] }
    #expect(read == regions.map { kept.contains($0) ? $0 : "rest" })
    let folded = try #require(log.events.foldedRegions)
    #expect(folded.regions == Set(regions + ["rest"]).count - 65_534)
    #expect(folded.events == regions.count { !kept.contains($0) })
  }
}
