import Bytes
import Models
import Recommender
import Session
import SnapshotFormat
import TestSupport
import Testing

/// Visitors of known kinds are found again: by the builder from what they did, by the scorer from one session.
@Suite struct SegmentTests {
  static let shop: BuiltShop = {
    do { return try BuiltShop(PlantedSegments().shop) } catch { fatalError("the shop cannot be built: \(error)") }
  }()
  let shop = SegmentTests.shop

  /// The segment that speaks for each kind, by its strongest topic.
  private func segments() throws -> [Int] {
    let segments = try #require(shop.models.segments)
    return try PlantedSegments.categories.map { category in
      try #require(segments.segments.firstIndex { $0.code.hasPrefix(category.lowercased()) }, "\(category)")
    }
  }

  @Test func theNumberOfKindsIsFoundAndTheyAreDescribed() throws {
    let segments = try #require(shop.models.segments)
    #expect(segments.segments.map(\.people) == PlantedSegments.people)
    #expect(segments.segments.map(\.code) == ["garden", "kitchen", "toys"])
    #expect(
      segments.segments.map { $0.name.prefix(while: { $0 != "," }) } == [
        "mostly Garden", "mostly Kitchen", "mostly Toys",
      ])
    #expect(segments.segments.allSatisfy { $0.name.hasSuffix("weekly") })
    #expect(segments.topics.sorted() == ["Books", "Garden", "Kitchen", "Toys"])
  }

  @Test func everyPersonIsInTheSegmentOfTheirKind() throws {
    let segments = try #require(shop.models.segments)
    let log = try BuiltShop.log(PlantedSegments().shop)
    let people = People(log.table)
    let numbers = try self.segments()
    var seen = 0
    for event in 0..<log.table.count {
      // The first letters of the item's id say the kind, but for books.
      let id = log.table.itemIDs[Int(log.table.items[event])]
      guard let kind = PlantedSegments.categories.firstIndex(where: { id.hasPrefix($0) }) else { continue }
      #expect(Int(segments.segmentOfPerson[Int(people.ofEvent[event])]) == numbers[kind])
      seen += 1
    }
    #expect(seen > 2000)
  }

  @Test(arguments: [1, 5]) func threadsDoNotMatter(threads: Int) throws {
    let folder = try TemporaryFolder()
    let (models, snapshot) = try BuiltShop.build(PlantedSegments().shop, in: folder.path, threads: threads)
    #expect(
      models.segments?.segments == shop.models.segments?.segments && snapshot.generation == shop.snapshot.generation)
  }

  @Test func aSessionIsToldByWhatItShows() throws {
    let recommender = try shop.recommender()
    for (kind, segment) in try segments().enumerated() {
      let items = [0, 3, 5].map { PlantedSegments.item(PlantedSegments.categories[kind], $0) }
      _ = Request(session: items.map { ($0, .view) }).answer(by: recommender)
      #expect(recommender.segment == segment)
      let code = try recommender.requireBase().segments?.code(segment).string
      #expect(code == shop.models.segments?.segments[segment].code)
    }
  }

  @Test func tooLittleSaysNothing() throws {
    let recommender = try shop.recommender()
    let gardener = (PlantedSegments.item("Garden", 1), EventType.view)
    for session in [
      [], [("unknown", .view)], [(PlantedSegments.item("Garden", 1), .impression)],
      // As much of the one as of the other.
      [gardener, (PlantedSegments.item("Kitchen", 1), .view)],
    ] as [[(String, EventType)]] {
      _ = Request(session: session).answer(by: recommender)
      #expect(recommender.segment == nil, "\(session)")
    }
    _ = Request(session: [gardener]).answer(by: recommender)
    #expect(recommender.segment == 0)
    // The page's item counts, and the next visitor starts anew.
    _ = Request(current: PlantedSegments.item("Toys", 2)).answer(by: recommender)
    #expect(recommender.segment == 2)
    _ = Request().answer(by: recommender)
    #expect(recommender.segment == nil)
  }

  /// With `segments.lists`: a visitor from nowhere gets what the segment likes, after the category.
  @Test func theLadderHasTheSegmentsList() throws {
    let recommender = Recommender()
    try recommender.open(.base, shop.base.view)
    let answer = Request(limit: 60, session: [("Toys-1", .view), ("Toys-2", .view)]).answer(by: recommender)
    #expect(answer.contains { $0.source == .popularity && $0.rung == .segment })
    let first = answer.first { $0.rung == .segment && !$0.id.hasPrefix("Toys") }
    #expect(first?.id.hasPrefix("Books") == true)
  }

  @Test func whatIsTooSmallIsDissolved() throws {
    var planted = PlantedSegments(strays: 4)
    let folder = try TemporaryFolder()
    let (few, _) = try BuiltShop.build(planted.shop, in: folder.path)
    #expect(few.segments?.segments.map(\.code).contains { $0.hasPrefix("fishing") } == false)
    planted = PlantedSegments(strays: 20)
    let other = try TemporaryFolder()
    let (enough, _) = try BuiltShop.build(planted.shop, in: other.path)
    #expect(enough.segments?.segments.map(\.code).contains { $0.hasPrefix("fishing") } == true)
  }

  @Test func withoutCategoriesOrWishThereAreNone() throws {
    var plain = PlantedSegments().shop
    plain.catalogue = ""
    var unwanted = PlantedSegments().shop
    unwanted.configuration.segments.maximum = 0
    for shop in [plain, unwanted] {
      let built = try BuiltShop(shop)
      #expect(built.models.segments == nil)
      let recommender = try built.recommender()
      let answer = Request(session: [("Toys-1", .view)]).answer(by: recommender)
      #expect(!answer.isEmpty && recommender.segment == nil)
      #expect(try recommender.requireBase().segments == nil)
    }
  }
}
