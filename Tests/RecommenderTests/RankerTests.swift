import Bytes
import Recommender
import Session
import SnapshotFormat
import TestSupport
import Testing

@Suite struct RankerTests {
  /// The planted shop with an ensemble of random questions for each kind of ranker, thresholds among the values that occur.
  static let shop: BuiltShop = {
    do {
      var shop = PlantedShop()
      for kind in RankerKind.allCases { shop.rankers[kind] = try randomTrees(40, seed: UInt64(kind.rawValue) + 1) }
      return try BuiltShop(shop)
    } catch { fatalError("the planted shop cannot be built: \(error)") }
  }()

  /// Whose reason each feature is; nil: the same for all candidates.
  private static let sources: [Source?] =
    [.slist, .nextItem, .boughtTogether, .content, .twoSteps].flatMap { Array(repeating: $0, count: 6) }
    + Array(repeating: .factors, count: 3) + Array(repeating: .popularity, count: 3)
    + Array(repeating: .repeats, count: 2) + Array(repeating: .category, count: 5) + [.region, nil, nil, nil]

  /// Answers are the shortlist by the sum of leaves; the reason is the source whose questions added most, of those that name the item.
  @Test func answersAreWhatTheTreesSay() throws {
    let recommender = try Self.shop.recommender()
    let base = try recommender.requireBase()
    var random = SeededGenerator(1)
    var reasons: [Source: Int] = [:]
    for _ in 0..<1_000 {
      var request = Request.random(Self.shop.models.itemIDs, &random)
      // What a search matches comes first, whatever the trees say.
      request.search = ""
      guard let kind = Self.kind(request), Self.speaks(request, base) else { continue }
      let trees = Self.shop.models.rankers[kind]!
      let rows = request.features(by: recommender)
      let scores = rows.map { Self.score(trees, $0.row) }
      let answer = request.answer(by: recommender)
      let order = rows.indices.sorted { a, b in
        scores[a] != scores[b] ? scores[a] > scores[b] : rows[a].item < rows[b].item
      }
      #expect(answer.map(\.item) == order.prefix(request.limit).map { rows[$0].item })
      #expect(answer.map(\.score) == order.prefix(request.limit).map { scores[$0] })
      for (item, place) in zip(answer, order) {
        let row = rows[place].row
        let (parts, rest) = Self.parts(trees, row)
        #expect(abs(parts.values.reduce(rest, +) - Double(item.score)) < 1e-4, "all of the score is accounted for")
        let largest = parts.filter { Self.names($0.key, row) }.values.max() ?? 0
        #expect(Self.names(item.source, row))
        #expect(parts[item.source, default: 0] > largest - 1e-4, "\(item.source) of \(parts)")
        reasons[item.source, default: 0] += 1
        #expect((item.because != nil) == AnswerTests.fromSession.contains(item.source))
        if item.source == .repeats { #expect(item.because == item.id) }
      }
    }
    for source in Source.allCases where source != .search {
      #expect(reasons[source, default: 0] > 0, "\(source) of \(reasons)")
    }
  }

  /// The item that a list's reason names is the one whose list says most of the answer.
  @Test func theReasonIsTheItemWhoseListSaysMost() throws {
    let stored = try StoredItems(Self.shop)
    let recommender = try Self.shop.recommender()
    var random = SeededGenerator(2)
    var checked = 0
    for _ in 0..<400 {
      let request = Request.random(Self.shop.models.itemIDs, &random)
      let interests = PlainInterests(request, stored, Self.shop.weights)
      for item in request.answer(by: recommender) {
        guard let kind = ListKind.allCases.first(where: { "\($0)" == "\(item.source)" }) else { continue }
        let parts = interests.items.map { interest in
          let entry = stored.lists[kind.rawValue][Int(interest.item)].first { $0.item == item.item }
          return (id: stored.ids[Int(interest.item)], part: interest.weight * (entry?.weight ?? 0))
        }
        let largest = parts.map(\.part).max() ?? 0
        let own = parts.first { $0.id == item.because }?.part ?? 0
        #expect(own > 0 && own >= largest * (1 - 1e-5))
        checked += 1
      }
    }
    // How many reasons are lists is up to the random trees.
    #expect(checked > 400)
  }

  /// A ranker has learned from sessions: one that says nothing is answered by fixed weights, and so is a category page.
  @Test func fixedWeightsAnswerWhereThereIsNoRanker() throws {
    let ranked = try Self.shop.recommender()
    let fixed = try BuiltShop.planted.recommender()
    let base = try ranked.requireBase()
    var random = SeededGenerator(3)
    var (same, different) = (0, 0)
    for _ in 0..<2_000 {
      var request = Request.random(Self.shop.models.itemIDs, &random)
      if random.once(in: 3) { (request.session, request.current) = ([], nil) }
      let isSame = request.answer(by: ranked) == request.answer(by: fixed)
      if Self.kind(request) == nil || !Self.speaks(request, base) {
        #expect(isSame)
        same += 1
      } else {
        different += isSame ? 0 : 1
      }
    }
    #expect(same > 500 && different > 500)
  }

  /// What the visitor has looked at may be answered, and is here the only thing worth it: not in a cart, and not once it is taken.
  @Test func lookedAtItemsComeAgain() throws {
    var shop = PlantedShop()
    let repeats = TreeEnsemble.Tree(
      features: [36, 36, 36], thresholds: [63, 63, 63], means: [0.1, 1, 0], leaves: [1, 1, 0, 0])
    for kind in RankerKind.allCases { shop.rankers[kind] = [repeats] }
    let built = try BuiltShop(shop)
    let recommender = try built.recommender()
    var request = Request(session: [("0-0", .view), ("0-11", .view), ("3-1", .click), ("1-2", .view)])
    func repeated() -> Set<String> {
      let answer = request.answer(by: recommender)
      let again = answer.filter { $0.source == .repeats }
      #expect(answer.prefix(again.count) == again[...], "ahead of all others")
      #expect(again.allSatisfy { $0.because == $0.id && $0.score == 1 })
      return Set(again.map(\.id))
    }
    #expect(repeated() == ["0-0", "3-1", "1-2"], "but for what is not available")
    request.current = "1-2"
    #expect(repeated() == ["0-0", "3-1"])
    request.excluded = ["3-1"]
    #expect(repeated() == ["0-0"])
    (request.current, request.excluded) = (nil, [])
    request.session.append(("3-1", .addToCart))
    #expect(repeated() == ["0-0", "1-2"])
    request.session.append(("3-1", .removeFromCart))
    #expect(repeated() == ["0-0", "3-1", "1-2"])
    for context in [Context.cart, .afterPurchase] {
      request.context = context
      #expect(repeated().isEmpty)
    }
  }

  // MARK: Help

  private static func randomTrees(_ count: Int, seed: UInt64) throws -> [TreeEnsemble.Tree] {
    var random = SeededGenerator(seed)
    let recommender = try BuiltShop.planted.recommender()
    var rows: [[Float]] = []
    for _ in 0..<60 {
      rows += Request.random(BuiltShop.planted.models.itemIDs, &random).features(by: recommender).map(\.row)
    }
    func numbers(_ count: Int) -> [Float] { (0..<count).map { _ in Float(random.below(1_000)) / 1000 } }
    // No tree knows of a search.
    let learned = Source.allCases.filter { $0 != .search }
    return (0..<count).map { _ in
      // Each source is asked alike, however many features it has, so that each is a reason at times.
      let features = (0..<3).map { _ in
        let asked = random.once(in: 9) ? nil : learned[random.below(learned.count)]
        let own = sources.indices.filter { sources[$0] == asked }
        return own[random.below(own.count)]
      }
      return TreeEnsemble.Tree(
        features: features.map { UInt8($0) }, thresholds: features.map { rows[random.below(rows.count)][$0] },
        means: numbers(3), leaves: numbers(4))
    }
  }

  private static func kind(_ request: Request) -> RankerKind? {
    switch request.context {
    case .category: nil
    case .cart, .afterPurchase: .basket
    case .homepage, .product, .search: request.current == nil ? .session : .page
    }
  }

  /// Whether some event weighs anything about an item of the snapshot.
  private static func speaks(_ request: Request, _ base: BaseSnapshot) -> Bool {
    if let current = request.current, base.item(current) != nil { return true }
    return request.session.suffix(Session.signalsMax).contains {
      base.item($0.item) != nil && shop.weights[$0.type, default: 0] > 0
    }
  }

  private static func goesRight(_ tree: TreeEnsemble.Tree, _ node: Int, _ row: [Float]) -> Bool {
    row[Int(tree.features[node])] > tree.thresholds[node]
  }

  private static func score(_ trees: [TreeEnsemble.Tree], _ row: [Float]) -> Float {
    trees.reduce(0) { sum, tree in
      let node = goesRight(tree, 0, row) ? 2 : 1
      return sum + tree.leaves[2 * (node - 1) + (goesRight(tree, node, row) ? 1 : 0)]
    }
  }

  /// What each source's questions add, and the rest: what trees say before any question, and what the same answer for all adds.
  private static func parts(_ trees: [TreeEnsemble.Tree], _ row: [Float]) -> (parts: [Source: Double], rest: Double) {
    var parts: [Source: Double] = [:]
    var rest = 0.0
    for tree in trees {
      let node = goesRight(tree, 0, row) ? 2 : 1
      let leaf = tree.leaves[2 * (node - 1) + (goesRight(tree, node, row) ? 1 : 0)]
      rest += Double(tree.means[0])
      for (asked, step) in [(0, tree.means[node] - tree.means[0]), (node, leaf - tree.means[node])] {
        if let source = sources[Int(tree.features[asked])] {
          parts[source, default: 0] += Double(step)
        } else {
          rest += Double(step)
        }
      }
    }
    return (parts, rest)
  }

  /// Whether a source says anything of a row's item, by the row itself.
  private static func names(_ source: Source, _ row: [Float]) -> Bool {
    switch source {
    case .factors: row[30] > 0
    case .repeats: row[36] < 255
    case .category: row[38...42].contains { $0 > 0 }
    case .region: row[43] > 1
    case .popularity: true
    case .search: false
    default: row[sources.firstIndex(of: source)!] > 0
    }
  }
}
