import Models
import Recommender
import Session
import SnapshotFormat
import TestSupport
import Testing

/// Without a session an answer is what is popular, from the visitor's own corner outwards.
@Suite struct LadderTests {
  let shop = BuiltShop.planted

  @Test(arguments: [
    ("north", "north"), ("south", "south"), ("isles", "isles"), ("isle-a", "isles"), ("isle-b", "isles"),
  ])
  func aRegionGetsItsOwnList(region: String, serving: String) throws {
    let recommender = try shop.recommender()
    let list = shop.ranking(serving)
    let answer = Request(limit: 10, region: region).answer(by: recommender)
    #expect(answer.map(\.id) == Array(list.prefix(10)))
    #expect(answer.allSatisfy { $0.source == .popularity && $0.rung == .region && $0.because == nil })
  }

  @Test(arguments: ["", "hamlet", "atlantis", "world"]) func othersGetTheWorlds(region: String) throws {
    let recommender = try shop.recommender()
    let answer = Request(limit: 30, region: region).answer(by: recommender)
    #expect(answer.map(\.id) == Array(shop.ranking("").prefix(30)))
    #expect(answer.allSatisfy { $0.rung == .everywhere })
  }

  @Test func regionsDiffer() throws {
    let recommender = try shop.recommender()
    let north = Request(limit: 3, region: "north").answer(by: recommender).map(\.id)
    let south = Request(limit: 3, region: "south").answer(by: recommender).map(\.id)
    let isles = Request(limit: 3, region: "isle-a").answer(by: recommender).map(\.id)
    #expect(north.allSatisfy(PlantedShop.blocks[0].contains))
    #expect(south.allSatisfy(PlantedShop.blocks[2].contains))
    #expect(isles.allSatisfy(PlantedShop.blocks[3].contains))
  }

  /// A region without a file of its own open falls through to the world.
  @Test func aRegionThatIsNotOpenGetsTheWorlds() throws {
    let recommender = Recommender()
    try recommender.open(.base, shop.base.view)
    let answer = Request(limit: 10, region: "north").answer(by: recommender)
    #expect(answer.map(\.id) == Array(shop.ranking("").prefix(10)))
  }

  @Test(arguments: PlantedShop.categories) func aCategoryComesFirst(category: String) throws {
    let recommender = try shop.recommender()
    let members = shop.ranking("", category: category)
    for region in ["", "north", "south", "isle-b"] {
      let answer = Request(context: .category, limit: 20, category: category, region: region).answer(by: recommender)
      let head = Set(answer.prefix(members.count).map(\.id))
      #expect(head == Set(members), "the category first, then others")
      #expect(answer.count == 20)
    }
    let world = Request(context: .category, limit: members.count, category: category).answer(by: recommender)
    // Items that nobody has seen yet share the last place.
    let ranked = members.filter { !PlantedShop.catalogueOnly.contains($0) }
    #expect(world.map(\.id).prefix(ranked.count) == ranked[...])
  }

  /// "Home" has no items of its own, only those of the categories below it.
  @Test func aCategoryHoldsThoseBelowIt() throws {
    let recommender = try shop.recommender()
    let members = Set(PlantedShop.blocks[0] + PlantedShop.blocks[1])
    let toys: [(item: String, type: EventType)] = [("2-0", .view), ("2-1", .addToCart), ("2-2", .view)]
    for session in [[], toys] {
      let answer = Request(context: .category, limit: 10, category: "Home", session: session).answer(by: recommender)
      #expect(answer.map(\.id).allSatisfy(members.contains), "\(answer.map(\.id))")
    }
  }

  @Test func theLastRungsHoldEverythingThatMayBeShown() throws {
    let recommender = try shop.recommender()
    let base = try recommender.requireBase()
    let answer = Request(limit: 100, region: "north").answer(by: recommender)
    #expect(Set(answer.map(\.item)) == Set(0..<base.shown))
  }
}

extension BuiltShop {
  /// The models' ranking for a scope (the world's name is empty), best first.
  func ranking(_ scope: String, category: String? = nil) -> [String] {
    let list = models.popularity.lists.first { list in
      models.regions.scopes[list.scope].name == scope
        && list.category.map { models.attributes.categories[Int($0)].path } == category
    }
    return (list?.items ?? []).map { models.itemIDs[Int($0)] }
  }
}
