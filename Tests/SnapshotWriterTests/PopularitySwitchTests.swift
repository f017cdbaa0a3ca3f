import GRDB
import Recommender
import Session
import TestSupport
import Testing

/// A list that is switched off is not written, and what is popular everywhere is always there.
@Suite struct PopularitySwitchTests {
  /// The numbers of the lists in the base and in the north's file: 0 over all items, above 0 of categories.
  private func lists(category: Bool, region: Bool) throws -> (base: Set<Int>, north: Set<Int>, shop: BuiltShop) {
    var planted = PlantedShop()
    planted.configuration.sources.categoryPopularity = category
    planted.configuration.sources.regionPopularity = region
    let shop = try BuiltShop(planted)
    let query = "SELECT id FROM top_list"
    return (
      Set(try shop.rows(.base, query).map { $0[0] }), Set(try shop.rows(.region, region: "north", query).map { $0[0] }),
      shop
    )
  }

  @Test func bothAreOnByDefault() throws {
    let found = try lists(category: true, region: true)
    #expect(found.base.contains(0) && found.base.count > 4)
    #expect(found.north.contains(0) && found.north.count > 2)
  }

  @Test func withoutCategories() throws {
    let found = try lists(category: false, region: true)
    #expect(found.base == [0] && found.north == [0])
  }

  @Test func withoutRegions() throws {
    let found = try lists(category: true, region: false)
    #expect(found.base.count > 4 && found.north.isEmpty)
    // Lifts are evidence of their own.
    #expect(try !found.shop.rows(.region, region: "north", "SELECT item FROM lifts").isEmpty)
  }

  @Test func theWorldsListIsTheLastResort() throws {
    let found = try lists(category: false, region: false)
    #expect(found.base == [0] && found.north.isEmpty)
    let recommender = try found.shop.recommender()
    var query = Query()
    query.limit = 10
    "north".withView { region in
      query.region = region
      recommender.recommend(query, for: Session())
      query.region = .empty
    }
    let world = try #require(found.shop.models.popularity.lists.first)
    #expect(found.shop.models.popularity.lists.count == 1 && recommender.answer.count == 10)
    let ids = try found.shop.idsByNumber()
    for place in 0..<10 {
      #expect(recommender.answer[place].rung == .everywhere)
      #expect(ids[Int(recommender.answer[place].item)] == found.shop.models.itemIDs[Int(world.items[place])])
    }
  }
}
