import EventLog
import Foundation
import Models
import TestSupport
import Testing

@Suite struct ContentSimilarityTests {
  private func fit(
    _ catalogue: Catalogue, sessionsOfItem: [UInt32]? = nil, items: Int? = nil,
    _ adjust: (inout ContentSimilarity.Parameters) -> Void = { _ in }
  ) -> ItemLists {
    var parameters = ContentSimilarity.Parameters()
    adjust(&parameters)
    let count = items ?? catalogue.items.count
    return ContentSimilarity.fit(
      catalogue, attributes: ItemAttributes(catalogue, itemCount: count),
      sessionsOfItem: sessionsOfItem ?? [UInt32](repeating: 0, count: count), parameters: parameters)
  }

  private func catalogue(_ rows: [(title: String, category: String, brand: String, price: UInt32?)]) -> Catalogue {
    var catalogue = Catalogue()
    catalogue.items = rows.map { row in
      var item = Catalogue.Item()
      (item.title, item.category, item.brand, item.price) = (row.title, row.category, row.brand, row.price)
      return item
    }
    return catalogue
  }

  private func randomCatalogue(seed: UInt64, items: Int) -> Catalogue {
    var random = SeededGenerator(seed)
    let words = (0..<40).map { "Word\($0)" }
    return catalogue(
      (0..<items).map { _ in
        (
          title: words.shuffled(using: &random).prefix(.random(in: 0...5, using: &random)).joined(separator: "-"),
          category: ["", "A", "A > B", "A > B > C", "D > E"].randomElement(using: &random)!,
          brand: ["", "x", "y", "z"].randomElement(using: &random)!,
          price: Bool.random(using: &random) ? .random(in: 0...900, using: &random) : nil
        )
      })
  }

  /// By definition, with every pair compared.
  private func oracle(_ catalogue: Catalogue, _ parameters: ContentSimilarity.Parameters, never: Set<Int>) -> [[TopK
    .Entry]]
  {
    let items = catalogue.items
    let fields = items.map { item -> [Set<String>] in
      let path = item.category.split(separator: ">").map { $0.trimmingCharacters(in: .whitespaces) }
      return [
        Set(path.indices.map { path[...$0].joined(separator: "/") }), item.brand.isEmpty ? [] : [item.brand],
        Set(item.title.lowercased().split(separator: "-").map(String.init)),
      ]
    }
    let weights = [parameters.categoryWeight, parameters.brandWeight, parameters.titleWeight].map(Double.init)
    let priceWeight = Double(parameters.priceWeight)
    func frequency(_ token: String, _ field: Int) -> Int { fields.count { $0[field].contains(token) } }
    func idf(_ token: String, _ field: Int) -> Double {
      let frequency = frequency(token, field)
      return frequency > 1 ? log(1 + Double(items.count) / Double(frequency)) : 0
    }
    func square(_ tokens: Set<String>, _ field: Int) -> Double { tokens.reduce(0) { $0 + pow(idf($1, field), 2) } }
    func weight(_ item: Int) -> Double {
      let present = (0..<3).reduce(0.0) { $0 + (fields[item][$1].isEmpty ? 0 : weights[$1]) }
      return present + ((items[item].price ?? 0) > 0 ? priceWeight : 0)
    }
    return items.indices.map { a in
      items.indices.compactMap { b -> TopK.Entry? in
        guard a != b, !never.contains(b) else { return nil }
        var sum = 0.0
        for field in 0..<3 {
          let length = (square(fields[a][field], field) * square(fields[b][field], field)).squareRoot()
          let common = square(fields[a][field].intersection(fields[b][field]), field)
          if common > 0 { sum += weights[field] * common / length }
        }
        guard sum > 0 else { return nil }
        if let x = items[a].price, let y = items[b].price, x > 0, y > 0 {
          sum += priceWeight * max(0, 1 - abs(log(Double(x) / Double(y))) / log(2.0))
        }
        return TopK.Entry(item: UInt32(b), score: Float(sum / weight(a)))
      }.sorted { ($1.score, $0.item) < ($0.score, $1.item) }
    }
  }

  @Test(arguments: 1...4 as ClosedRange<UInt64>)
  func equalsTheDefinition(seed: UInt64) {
    var catalogue = randomCatalogue(seed: seed, items: 80)
    catalogue.items[5].isNeverRecommended = true
    var parameters = ContentSimilarity.Parameters()
    (parameters.brandWeight, parameters.priceWeight) = (Float(seed) / 2, Float(seed - 1))
    parameters.length = 80
    let lists = fit(catalogue) { $0 = parameters }
    let all = oracle(catalogue, parameters, never: [5])
    for item in 0..<80 { expectSame(lists.pairs(item), all[item], length: 80) }
    // The common tokens lead nowhere, yet count for those whom a rare one leads to.
    parameters.postings = 20
    let bounded = fit(catalogue) { $0 = parameters }
    #expect(bounded.items.count < lists.items.count)
    for item in 0..<80 {
      let scores = Dictionary(uniqueKeysWithValues: all[item].map { ($0.item, $0.score) })
      for entry in bounded.pairs(item) { #expect(abs(entry.score - scores[entry.item]!) < 1e-5) }
    }
  }

  /// A new item without any session stands beside its kind.
  @Test func findsPlantedKinds() {
    var random = SeededGenerator(2)
    let kinds = ["mug", "teapot", "lantern", "clock"]
    let rows = (0..<200).map { item -> (String, String, String, UInt32?) in
      let adjectives = ["red", "blue", "old", "tiny", "grand"].shuffled(using: &random).prefix(2).joined(separator: " ")
      return ("\(adjectives) \(kinds[item % 4].uppercased())!", "Home > \(kinds[item % 4])s", "brand\(item % 3)", 500)
    }
    let lists = fit(catalogue(rows))
    for item in 0..<200 {
      #expect(lists.row(item).count == 20)
      #expect(lists.pairs(item).allSatisfy { Int($0.item) % 4 == item % 4 })
      #expect(Int(lists.pairs(item)[0].item) % 3 == item % 3)
    }
  }

  @Test func theCloserPriceComesFirst() {
    let lists = fit(catalogue([100, 400, 150, 110, nil].map { ("", "A", "", $0) }))
    // At 1 the price reaches as far as it can; nobody knows that of 4.
    #expect(lists.pairs(0).map(\.item) == [3, 2, 1, 4])
  }

  @Test func nothingIsLikeAnItemWithoutAttributes() {
    let lists = fit(
      catalogue([("", "", "", nil), ("", "", "", 100), ("cup", "", "", 100), ("cup", "", "", nil)]), items: 6)
    #expect((0..<6).map { lists.pairs($0).map(\.item) } == [[], [], [3], [2], [], []])
  }

  /// Where all share one token and there is nothing else, those with traffic stand for the rest.
  @Test func aCommonTokenLeadsToTheBusiest() {
    let one = catalogue([(String, String, String, UInt32?)](repeating: ("", "A", "", nil), count: 100))
    let sessionsOfItem = (0..<100).map { UInt32($0 % 50) }
    let lists = fit(one, sessionsOfItem: sessionsOfItem) {
      ($0.postings, $0.evidenceBelow) = (4, nil)
    }
    #expect(lists.pairs(0).map(\.item) == [48, 49, 98, 99])
    #expect(lists.pairs(49).map(\.item) == [48, 98, 99])
  }

  @Test func itemsWithEvidenceNeedNoList() {
    let two = catalogue([("cup", "", "", nil), ("cup", "", "", nil)])
    let lists = fit(two, sessionsOfItem: [7, 6]) { $0.evidenceBelow = 7 }
    #expect((0..<2).map { lists.pairs($0).map(\.item) } == [[], [0]])
    #expect(fit(two, sessionsOfItem: [7, 6]) { $0.evidenceBelow = nil }.items == [1, 0])
  }

  @Test func wordsOfOtherScripts() {
    let lists = fit(
      catalogue([
        ("ÉTAGÈRE d'angle", "", "", nil), ("grande étagère", "", "", nil), ("茶碗", "", "", nil), ("青い茶", "", "", nil),
        ("ТАРЕЛКА 5", "", "", nil), ("тарелка, 6", "", "", nil),
      ]))
    #expect((0..<6).map { lists.pairs($0).map(\.item) } == [[1], [0], [3], [2], [5], [4]])
  }
}
