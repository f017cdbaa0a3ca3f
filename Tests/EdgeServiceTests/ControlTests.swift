import EdgeService
import Foundation
import TestSupport
import Testing

/// The parameters of `/recommendations` by which a request says what it wants beside what is likely.
@Suite struct ControlTests {
  let shop = BuiltShop.planted
  let service = BuiltShop.planted.service()

  @Test(arguments: [
    ("min_price=-1", "min_price"), ("max_price=cheap", "max_price"), ("min_price=2&max_price=1.99", "max_price"),
    ("diversity=1.01", "diversity"), ("diversity=", "diversity"), ("max_per_category=101", "max_per_category"),
    ("max_per_brand=few", "max_per_brand"), ("pin=0-0", "pin"), ("pin=0:0-0", "pin"), ("pin=1:", "pin"),
    ("sponsor=101:0-0", "sponsor"), ("boost=brand:1", "boost"), ("boost=brand:101:brand%200", "boost"),
    ("boost=colour:1:red", "boost"), ("bury=tag:-1:sale", "bury"), ("placements=", "placements"),
    ("placements=home:4", "placements"), ("placements=homepage:0", "placements"), ("placements=cart:101", "placements"),
    ("placements=cart:60,product:41", "placements"),
    ("placements=cart:1,cart:1,cart:1,cart:1,cart:1,cart:1,cart:1,cart:1,cart:1", "placements"),
  ])
  func whatDoesNotFitIsNamed(parameters: String, field: String) throws {
    let answer = try #require(service.get("/recommendations?\(parameters)"))
    #expect(answer.status == 400 && answer.text("field") == field)
    #expect(answer["Content-Type"] == "application/problem+json")
  }

  @Test func adjustmentsHaveALimit() throws {
    func answer(_ count: Int) -> Response? {
      service.get(
        "/recommendations?" + [String](repeating: "exclude_brand=brand+0", count: count).joined(separator: "&"))
    }
    #expect(answer(64)?.status == 200)
    #expect(answer(65)?.status == 400 && answer(65)?.text("field") == "exclude_brand")
  }

  @Test func filtersAreTaken() throws {
    func items(_ parameters: String) throws -> [[String: Any]] {
      let answer = try #require(service.get("/recommendations?n=100&\(parameters)"))
      return try #require(answer.json?["items"] as? [[String: Any]])
    }
    let all = try items("")
    let toys = try items("exclude_category=Toys&exclude_category=Books+%3E+Crime")
    #expect(toys.allSatisfy { ($0["category"] as? String)?.hasPrefix("Home") == true } && !toys.isEmpty)
    let priced = try items("min_price=2.15&max_price=3.1")
    #expect(priced.count == 8 && priced.allSatisfy { (2.15...3.10).contains($0["price"] as? Double ?? 0) })
    #expect(try items("exclude_brand=nobody&exclude_tag=none&exclude_category=Nowhere").count == all.count)
    #expect(try items("exclude_tag=color%3Dred").count < all.count)
  }

  @Test func pinnedAndSponsoredItemsSaySo() throws {
    let answer = try #require(
      service.get("/recommendations?n=5&region=north&pin=3:2-5&sponsor=1:3-6&pin=2:nobody&bury=item:100:0-0"))
    let items = try #require(answer.json?["items"] as? [[String: Any]])
    func source(_ place: Int) -> String? { (items[place]["reason"] as? [String: Any])?["source"] as? String }
    #expect(items.count == 5 && answer.ids[0] == "3-6" && answer.ids[2] == "2-5")
    #expect(items[0]["sponsored"] as? Bool == true && source(0) == "sponsored")
    #expect(items[2]["sponsored"] == nil && source(2) == "pinned")
    #expect(items[1]["sponsored"] == nil && source(1) == "popularity")
    #expect(service.get("/recommendations?n=1&region=north")?.ids == ["0-0"] || !answer.ids.contains("0-0"))
  }

  /// No item twice on a page; each placement is what its context gives without what stands above.
  @Test func placementsShareNothing() throws {
    var random = SeededGenerator(21)
    let contexts = ["homepage", "product", "cart", "category", "search", "after_purchase"]
    for _ in 0..<300 {
      let wanted = (0..<1 + random.below(6)).map { _ in (contexts[random.below(6)], 1 + random.below(9)) }
      let list = wanted.map { "\($0.0):\($0.1)" }.joined(separator: ",")
      let shared = "region=south&item_id=2-\(random.below(9))"
      let answer = try #require(service.get("/recommendations?\(shared)&placements=\(list)"))
      let placements = try #require(answer.json?["placements"] as? [[String: Any]])
      #expect(placements.compactMap { $0["context"] as? String } == wanted.map(\.0))
      var taken: [String] = []
      for (placement, wish) in zip(placements, wanted) {
        let ids = (placement["items"] as? [[String: Any]] ?? []).compactMap { $0["item_id"] as? String }
        let alone = service.get(
          "/recommendations?\(shared)&context=\(wish.0)&n=\(wish.1)&exclude="
            + taken.map { $0.addingPercentEncoding(withAllowedCharacters: .alphanumerics)! }.joined(separator: ","))
        #expect(ids == alone?.ids)
        taken += ids
      }
      #expect(Set(taken).count == taken.count)
      #expect(answer.json?["items"] == nil && answer.text("generation") == shop.manifest.generation)
    }
  }

  /// As in every tutorial.
  @Test func aUserAndAContext() {
    let answer = service.get("/recommendations?user_id=12345&context=homepage")
    #expect(answer?.status == 200 && answer?.ids.count == 10)
  }
}
