import Foundation
import Recommender
import SnapshotFormat
import TestSupport
import Testing

/// The search against a plain one over the catalogue.
@Suite struct SearchTests {
  let shop = BuiltShop.planted

  /// A search that looks at every item's texts; nothing of it but the weights' formula is the project's.
  private struct PlainSearch {
    let words: [(id: String, words: Set<String>)]

    init(_ shop: BuiltShop, shown: Set<String>) {
      words = zip(shop.models.itemIDs, shop.models.catalogue.items).filter { shown.contains($0.0) }.map { id, item in
        let text = ([item.title, item.category, item.brand] + item.tags).joined(separator: " ").lowercased()
        return (id, Set(text.split { !$0.isLetter && !$0.isNumber }.map(String.init)))
      }
    }

    var vocabulary: [String] { words.reduce(into: Set<String>()) { $0.formUnion($1.words) }.sorted() }

    func weight(_ word: String) -> Int {
      let (all, having) = (Double(words.count), Double(words.count { $0.words.contains(word) }))
      return max(2, Int((256 * log(1 + (all - having + 0.5) / (having + 0.5))).rounded()))
    }

    /// By id: how much an item matches; only what matches at all.
    func matches(_ query: [String]) -> [String: Int] {
      let query = query.enumerated().filter { !query.prefix($0.offset).contains($0.element) }.map(\.element)
      let completions = vocabulary.filter { $0.hasPrefix(query.last ?? "-") && $0 != query.last }
      let most = vocabulary.contains(query.last ?? "-") ? weight(query.last!) / 2 : Int.max
      var matches: [String: Int] = [:]
      for (id, words) in words {
        var sum = 0
        for word in query where words.contains(word) { sum += weight(word) }
        if let last = query.last, !words.contains(last) {
          sum += completions.filter(words.contains).map { min(most, weight($0)) }.max() ?? 0
        }
        if sum > 0 { matches[id] = sum }
      }
      return matches
    }
  }

  @Test func itemsThatMatchMoreComeFirst() throws {
    let recommender = try shop.recommender()
    let base = try recommender.requireBase()
    let shown = Set((0..<base.shown).map { base.id($0).string })
    let plain = PlainSearch(shop, shown: shown)
    let vocabulary = plain.vocabulary
    #expect(vocabulary.count > 20)
    var random = SeededGenerator(1)
    var found = 0
    for _ in 0..<3000 {
      var words = (0..<random.below(5)).map { _ in vocabulary[random.below(vocabulary.count)] }
      if random.once(in: 3) {
        words.append(String(vocabulary[random.below(vocabulary.count)].prefix(1 + random.below(3))))
      }
      if random.once(in: 4) { words.insert("xyzzy", at: random.below(words.count + 1)) }
      var request = Request.random(shop.models.itemIDs, &random)
      request.context = .search
      request.limit = Query.limitMax
      // Short enough for every signal to stay.
      request.session = request.session.suffix(40)
      request.search = words.map { random.once(in: 2) ? $0.uppercased() : $0 }.joined(
        separator: random.once(in: 2) ? " " : "-+")
      let answer = request.answer(by: recommender)
      var expected = plain.matches(words)
      for id in request.refused { expected[id] = nil }
      #expect(recommender.matches == expected.count, "\(words)")
      #expect(answer.count == shown.subtracting(request.refused).count)
      #expect(
        answer.map { expected[$0.id] ?? 0 } == expected.values.sorted(by: >)
          + Array(repeating: 0, count: answer.count - expected.count),
        "\(words)")
      #expect(answer.allSatisfy { ($0.source == .search) == (expected[$0.id] != nil) })
      #expect(zip(answer, answer.dropFirst()).allSatisfy { $0.score >= $1.score })
      found += expected.count
    }
    #expect(found > 10_000)
  }

  @Test func amongEqualMatchesTheSessionDecides() throws {
    let recommender = try shop.recommender()
    // All of the fourth block's items match this alike.
    func answer(_ item: String) -> [String] {
      Request(context: .search, limit: 3, session: [(item, .view)], search: "crime").answer(by: recommender).map(\.id)
    }
    let first = answer("3-1")
    let other = answer("3-7")
    #expect(first != other)
    #expect((first + other).allSatisfy { PlantedShop.blocks[3].contains($0) })
  }

  @Test func withoutAMatchTheAnswerFallsBack() throws {
    let recommender = try shop.recommender()
    for search in ["xyzzy", "", " ?! ", "\u{2014}"] {
      var request = Request(context: .search, limit: 5, session: [("1-1", .view)])
      let expected = request.answer(by: recommender)
      request.search = search
      #expect(request.answer(by: recommender) == expected)
      #expect(recommender.matches == 0 && expected.count == 5 && expected.allSatisfy { $0.source != .search })
    }
  }

  @Test func onlyASearchPageSearches() throws {
    let recommender = try shop.recommender()
    let request = Request(context: .homepage, limit: 5, search: "crime")
    #expect(request.answer(by: recommender).allSatisfy { $0.source != .search })
  }

  @Test func withoutAnIndexNothingMatches() throws {
    var planted = PlantedShop()
    planted.configuration.search.share = 0
    let shop = try BuiltShop(planted)
    let recommender = try shop.recommender()
    let answer = Request(context: .search, limit: 5, search: "crime").answer(by: recommender)
    #expect(answer.count == 5 && answer.allSatisfy { $0.source != .search })
    let base = try recommender.requireBase()
    #expect(!"crime".withView { base.isTerm($0) })
    #expect("crime".withView { try? BuiltShop.planted.recommender().requireBase().isTerm($0) } == true)
  }
}
