import Foundation
import GRDB
import TestSupport
import Testing

/// What four people did, however often, does not show in the lists and lifts of their region and segment; what five did, does.
@Suite struct PrivacyTests {
  private struct Evidence {
    var rankInRegion: Int
    var rankInSegment: Int
    var lift: Double?
  }

  private func evidence(fans: Int, minimumPeople: UInt32 = 5) throws -> Evidence {
    var planted = PlantedSegments(rareFans: fans)
    planted.shop.configuration.models.popularity.minimumPeople = minimumPeople
    planted.shop.configuration.models.popularity.shrinkage = 1
    planted.shop.configuration.models.regionLift.shrinkage = 1
    let shop = try BuiltShop(planted.shop)
    let number = try #require(try shop.idsByNumber().firstIndex(of: PlantedSegments.rare))
    func rank(_ rows: [Row]) throws -> Int { try #require(rows.first)[0] }
    let query = "SELECT rank FROM top_items WHERE item = \(number) AND list ="
    return Evidence(
      rankInRegion: try rank(shop.rows(.region, region: "north", "\(query) 0")),
      rankInSegment: try rank(shop.rows(.base, "\(query) -1")),
      lift: try shop.rows(.region, region: "north", "SELECT lift FROM lifts WHERE item = \(number)").first?[0])
  }

  @Test func fourPeopleDoNotShow() throws {
    let four = try evidence(fans: 4)
    // Behind all that gardeners look at: the garden's twelve and the books.
    #expect(four.rankInRegion > 20 && four.rankInSegment > 20 && four.lift == nil)
  }

  @Test func fivePeopleDo() throws {
    let five = try evidence(fans: 5)
    #expect(five.rankInRegion == 1 && five.rankInSegment == 1)
    #expect(try #require(five.lift) > 1.25)
  }

  @Test func theNumberIsTheShopsChoice() throws {
    let four = try evidence(fans: 4, minimumPeople: 4)
    #expect(four.rankInRegion == 1 && four.rankInSegment == 1 && four.lift != nil)
    let nine = try evidence(fans: 9, minimumPeople: 10)
    #expect(nine.rankInRegion > 20 && nine.rankInSegment > 20 && nine.lift == nil)
  }
}
