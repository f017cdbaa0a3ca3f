import EdgeService
import TestSupport
import Testing

@Suite struct RecommendationsTests {
  let shop = BuiltShop.planted
  let service = BuiltShop.planted.service()

  @Test func everyItemHasItsAttributesAndReason() throws {
    let answer = try #require(service.get("/recommendations?n=100&region=north"))
    #expect(answer.status == 200 && answer["Content-Type"] == "application/json")
    #expect(answer["Cache-Control"] == "private, no-store", "one visitor's answer is nobody else's")
    let index = Dictionary(uniqueKeysWithValues: zip(shop.models.itemIDs, 0...))
    let items = try #require(answer.json?["items"] as? [[String: Any]])
    #expect(items.count == shop.models.isShown.filter { $0 }.count)
    for item in items {
      let known = shop.models.catalogue.items[index[item["item_id"] as? String ?? ""]!]
      #expect(item["title"] as? String ?? "" == known.title)
      #expect(item["url"] as? String ?? "" == known.url)
      #expect(item["category"] as? String ?? "" == known.category)
      #expect((item["price"] as? Double).map { UInt32(($0 * 100).rounded()) } == known.price)
      #expect(item["image"] == nil)
      let reason = try #require(item["reason"] as? [String: Any])
      #expect(reason["source"] as? String == "popularity" && reason["because"] == nil)
      #expect(["region", "everywhere", "traffic"].contains(reason["level"] as? String))
    }
    #expect(answer.text("region") == "north" && answer.text("context") == "homepage")
    #expect(answer.text("generation") == shop.manifest.generation)
  }

  @Test func parametersAreDecoded() throws {
    func current(_ parameters: String) -> [String] {
      service.get("/recommendations?context=product&n=5&\(parameters)")?.ids ?? []
    }
    let tea = current("item_id=%E8%8C%B6%2F%E7%B7%91+%26+%5C+100%25")
    #expect(tea.first.map(PlantedShop.blocks[1].contains) == true)
    #expect(current("item_id=%e8%8c%b6%2f%e7%b7%91%20%26%20%5c%20100%") == tea, "a % alone stands for itself")
    #expect(current("item%5fid=Tasse+f%C3%BCr+%C3%96l").first.map(PlantedShop.blocks[0].contains) == true)
    #expect(current("item_id=0-0&item_id=2-0") == current("item_id=2-0"), "the last one counts")
    #expect(current("") == current("&&item_id=&=&x") && current("item_id=nowhere") == current(""))
    let all = service.get("/recommendations?n=100")?.ids ?? []
    let fewer =
      service.get("/recommendations?n=100&exclude=0-0,+2-0%20,,%E8%8C%B6/%E7%B7%91+%26+%5C+100%25&exclude=1-0")?.ids
      ?? []
    #expect(Set(all).subtracting(fewer) == ["0-0", "2-0", "1-0", "茶/緑 & \\ 100%"])
  }

  @Test func exclusionsHaveALimit() throws {
    func answer(_ count: Int) -> Response? {
      service.get("/recommendations?exclude=\([String](repeating: "0-0", count: count).joined(separator: ","))")
    }
    #expect(answer(256)?.status == 200)
    #expect(answer(257)?.status == 400 && answer(257)?.text("field") == "exclude")
  }

  @Test func theQuerysRegionComesBeforeTheHosts() throws {
    #expect(service.get("/recommendations", "Martlet-Region: south")?.text("region") == "south")
    #expect(service.get("/recommendations?region=north", "Martlet-Region: south")?.text("region") == "north")
    #expect(service.get("/recommendations", "Martlet-Region: isle-a")?.text("region") == "isles")
    #expect(service.get("/recommendations", "Martlet-Region: hamlet")?.json?["region"] is String == false)
  }

  @Test func theSnapshotIsDescribed() throws {
    let answer = try #require(service.get("/snapshot", "Martlet-Time: \(Int(shop.models.asOf) * 1000 + 90_500)"))
    #expect(answer.number("age_seconds") == 90 && answer.number("as_of") == Int(shop.models.asOf))
    #expect(answer.number("items") == shop.models.itemIDs.count && answer.json?["texts"] as? Bool == true)
    let regions = try #require(answer.json?["regions"] as? [[String: Any]])
    #expect(Set(regions.compactMap { $0["code"] as? String }) == ["north", "south", "isles"])
    #expect(service.get("/healthz")?.text("status") == "ok")
  }

  /// Texts that would break out of JSON or a script element.
  @Test func hostileTextsStayTexts() throws {
    var shop = PlantedShop()
    shop.catalogue += "{\"item_id\":\"0-0\",\"title\":\"</script>\\\"\\\\ \u{2028} \u{7F} &\"}\n"
    let built = try BuiltShop(shop)
    let answer = try #require(built.service().get("/recommendations?n=100"))
    let items = try #require(answer.json?["items"] as? [[String: Any]])
    #expect(items.contains { $0["title"] as? String == "</script>\"\\ \u{2028} \u{7F} &" })
    #expect(!answer.body.contains(UInt8(ascii: "<")))
    #expect(items.contains { $0["item_id"] as? String == "new \"2\" <b>" })
  }

  @Test func freshAndReusedInstancesAnswerAlike() throws {
    let reused = service
    var random = SeededGenerator(7)
    for _ in 0..<150 {
      let target =
        "/recommendations?n=\(1 + random.below(30))&region=\(["", "north", "south"][random.below(3)])&item_id=\(random.below(4))-\(random.below(9))"
      let token = reused.post("{\"event\":\"view\",\"item_id\":\"\(random.below(4))-0\"}")?["Martlet-Session"] ?? ""
      let first = try #require(reused.get(target, "Martlet-Session: \(token)"))
      #expect(shop.service().get(target, "Martlet-Session: \(token)")?.body == first.body)
      #expect(reused.get(target, "Martlet-Session: \(token)")?.body == first.body)
    }
  }
}
