import Configuration
import EventLog
import Foundation
import Models
import SnapshotWriter
import TestSupport
import Testing

@Suite struct BudgetTests {
  /// In a base that is nearly full of columns, pages of rules are paid with factors, not with all lists.
  @Test func rulesAndRecipesArePlannedFor() throws {
    let budget = "snapshot: { budget: 8 MiB }\n"
    let rule = "rules: [{ id: a, when: { count: { event: view, at_least: 1, within: 1h } }, then: { join: A } }]\n"
    func dimensions(_ yaml: String) throws -> Int {
      SnapshotPlan(items: 92_334, configuration: try Configuration(yaml: budget + yaml)).dimensions
    }
    #expect(try dimensions("") == 8)
    #expect(try dimensions(rule) == 0)
    #expect(try dimensions("contexts: { cart: { n: 5 } }\n") == 8)
  }

  @Test func everyBudgetIsKeptAndMoreBytesBuyMore() throws {
    let shop = RandomShop(items: 600, sessions: 2_500)
    var last: BudgetReport?
    for kilobytes in [240, 270, 300, 350, 500, 1_000] {
      let snapshot = try shop.build(budget: kilobytes << 10)
      let bought = snapshot.bought
      #expect(bought.bytes <= kilobytes << 10)
      #expect(snapshot.shown == 600 && snapshot.items == 600)
      if let last, last.dimensions == bought.dimensions {
        #expect(bought.entriesKept >= last.entriesKept && bought.valueKept >= last.valueKept)
      }
      #expect(bought.dimensions >= last?.dimensions ?? 0)
      last = bought
    }
    #expect(last?.entriesKept == last?.entriesWanted && last?.valueKept == 1)
    #expect(last?.dimensions == last?.dimensionsWanted)
  }

  /// Where all entries are worth the same, a threshold cannot tell them apart.
  @Test func evenTrafficFitsToo() throws {
    let shop = RandomShop.even(items: 400)
    let ample = try shop.build(budget: 4 << 20)
    var last = ample.bought.entriesKept
    for cut in [2, 8, 24] {
      let tight = try shop.build(budget: ample.bought.bytes - (cut << 10)).bought
      #expect(tight.bytes <= ample.bought.bytes - (cut << 10))
      #expect(tight.entriesKept < last)
      if cut == 2 { #expect(tight.entriesKept > ample.bought.entriesKept / 2, "\(tight.entriesKept) of \(last)") }
      last = tight.entriesKept
    }
  }

  @Test func aBudgetTooSmallIsAClearErrorAndNothingIsPublished() throws {
    let folder = try TemporaryFolder()
    var shop = PlantedShop()
    try BuiltShop.publish(shop, in: folder.path)
    let before = try folder.contents()
    shop.configuration.snapshot.budgetBytes = 64 << 10
    #expect {
      try BuiltShop.publish(shop, in: folder.path)
    } throws: { error in
      guard case SnapshotWriterError.overBudget(let bytes, let budget) = error else { return false }
      return bytes > budget && budget == 64 << 10 && "\(error)".contains("snapshot.budget")
    }
    #expect(try folder.contents() == before)
  }

  @Test func tooManyCategoriesAreAClearError() throws {
    var shop = PlantedShop()
    for number in 0..<65_536 { shop.catalogue += "{\"item_id\":\"c\(number)\",\"category\":\"k\(number)\"}\n" }
    shop.configuration.models.factors.dimensions = 0
    let folder = try TemporaryFolder()
    #expect {
      try BuiltShop.publish(shop, in: folder.path)
    } throws: { error in
      guard case SnapshotWriterError.tooMany(let what, _, let most) = error else { return false }
      return what == "categories" && most == 65_534
    }
  }

  @Test func nothingToShowIsAClearError() throws {
    var shop = PlantedShop()
    shop.configuration.neverRecommend = [ItemPattern(id: GlobPattern("*"))]
    let folder = try TemporaryFolder()
    #expect {
      try BuiltShop.publish(shop, in: folder.path)
    } throws: { if case SnapshotWriterError.nothingToShow = $0 { true } else { false } }
  }

  @Test func moreRegionsThanOneInstanceHoldsCanBePublished() throws {
    var shop = PlantedShop()
    shop.events = ""
    shop.configuration.regions.groups = [:]
    shop.configuration.regions.minimumPeople = 1
    for region in 0..<300 {
      shop.events +=
        "{\"session_id\":\"\(region)\",\"item_id\":\"0-\(region % 5)\",\"time\":1700000000,\"region\":\"r\(region)\"}\n"
    }
    let built = try BuiltShop(shop)
    #expect(built.manifest.files.filter { $0.kind == "region" }.count == 300)
  }
}

/// A shop without a plan, for sizes.
struct RandomShop {
  var shop = PlantedShop()

  init(items: Int, sessions: Int) {
    var random = SeededGenerator(5)
    shop.events = ""
    shop.catalogue = ""
    for item in 0..<items { view("all\(item)", item) }
    for session in 0..<sessions {
      let around = random.below(items) * random.below(items) / items
      for _ in 0..<8 { view("s\(session)", min(items - 1, around + random.below(60))) }
    }
  }

  /// Each item is seen once with each of its forty neighbours on a ring.
  static func even(items: Int) -> RandomShop {
    var shop = RandomShop(items: 0, sessions: 0)
    for item in 0..<items {
      for step in 1...20 {
        shop.view("\(item)+\(step)", item)
        shop.view("\(item)+\(step)", (item + step) % items)
      }
    }
    return shop
  }

  private mutating func view(_ session: String, _ item: Int) {
    shop.events += "{\"session_id\":\"\(session)\",\"item_id\":\"i\(item)\",\"time\":1700000000}\n"
  }

  func build(budget: Int) throws -> Snapshot {
    let folder = try TemporaryFolder()
    var shop = shop
    shop.configuration.snapshot.budgetBytes = UInt64(budget)
    return try BuiltShop.build(shop, in: folder.path).1
  }
}

extension TemporaryFolder {
  /// Names and sizes, without the lock.
  func contents() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: path).filter { $0 != ".lock" }.sorted().map { name in
      "\(name) \(try FileManager.default.attributesOfItem(atPath: self.path(name))[.size] ?? 0)"
    }
  }
}
