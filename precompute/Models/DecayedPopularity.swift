import EventLog

/// What is popular now, by scope and category. Each scope's share of demand is shrunk towards its parent's,
///
///     p(i) = (n · own(i) + κ · p_parent(i)) / (n + κ),   n the scope's evidence, own(i) = evidence(i) / n,
///
/// once over the trending window and once over all time; the score is the weighted mean of the two, so that a list
/// does not run empty where little is trending.
public struct DecayedPopularity: Sendable {
  public struct Parameters: Sendable {
    public var weights = EventWeights.standard
    /// Seconds before `asOf` that make the trend.
    public var trendingWindow = 30 * 86_400.0
    /// Seconds after which an event counts half, within the window and over all time.
    public var trendingHalfLife = 7 * 86_400.0
    public var allTimeHalfLife = 180 * 86_400.0
    /// What all time counts in the score, the trend having the rest.
    public var allTimeShare = 0.2
    /// κ, in weighted events. Measured on the months of `CoOccurrence` outside the UK, popularity alone, HitRate@20: .101 at
    /// 10, 30 and 100, .100 at 300, .097 at 1000; in the UK .103 throughout.
    public var shrinkage = 100.0
    /// Below the world, an item's evidence counts from so many distinct people, so that no list shows what a few did.
    public var minimumPeoplePerItem: UInt32 = 5
    public var length = 100
    /// Whether there are lists of categories, and of scopes below the world. The world's own list is always there.
    public var hasCategories = true
    public var hasRegions = true

    public init() {}
  }

  public struct TopList: Sendable, Equatable {
    /// Index into the tree's scopes.
    public var scope: Int
    /// Number in `ItemAttributes`; nil for all items. A category holds the items of the categories below it too.
    public var category: UInt32?
    public var items: [UInt32]
    public var scores: [Float]
  }

  /// By scope, then category, all items first. A scope below the world has lists for the categories in which it has
  /// evidence of its own; in the others its parent's order is its own.
  public let lists: [TopList]
  /// By item: its share of the world's demand, of items that are not shown too: the order of traffic.
  public let itemPopularity: [Float]
  /// Over all time.
  let evidence: ScopeEvidence

  /// Lists leave out what may not be shown now. Items without any evidence come last, by index, with score 0.
  public static func fit(
    _ table: EventTable, people: People, regions: RegionTree, catalogue: Catalogue, attributes: ItemAttributes,
    parameters: Parameters = Parameters(), asOf: UInt32, parallelism: Parallelism = .allCores
  ) -> DecayedPopularity {
    let itemCount = table.itemIDs.count
    let byItem = Grouping(table.items, groupCount: itemCount)
    func evidence(window: Double?, halfLife: Double) -> ScopeEvidence {
      ScopeEvidence(
        table, people: people, regions: regions, byItem: byItem, weights: parameters.weights, asOf: asOf,
        window: window, halfLife: halfLife, parallelism: parallelism)
    }
    let ladders = [
      PopularityLadder(
        evidence(window: parameters.trendingWindow, halfLife: parameters.trendingHalfLife),
        weight: 1 - parameters.allTimeShare, parameters),
      PopularityLadder(
        evidence(window: nil, halfLife: parameters.allTimeHalfLife), weight: parameters.allTimeShare, parameters),
    ]
    let everything = [Bool](repeating: true, count: itemCount)
    let traffic = blend(ladders, ladders.map { $0.shares(of: RegionTree.world, parent: nil, showable: everything) })
    return DecayedPopularity(
      lists: topLists(
        ladders, regions, showable: catalogue.showable(itemCount: itemCount),
        members: CategoryMembers(attributes, itemCount: itemCount), parameters, parallelism),
      itemPopularity: traffic.map { Float($0) }, evidence: ladders[1].evidence)
  }

  private static func topLists(
    _ ladders: [PopularityLadder], _ regions: RegionTree, showable: [Bool], members: CategoryMembers,
    _ parameters: Parameters, _ parallelism: Parallelism
  ) -> [TopList] {
    // Parents stand before their children, and only they are kept: one pass down, then all leaves in parallel.
    var shares: [Int: [[Double]]] = [:]
    func own(_ scope: Int) -> [[Double]] {
      let parent = scope == RegionTree.world ? nil : shares[regions.scopes[scope].parent]
      return ladders.enumerated().map { $1.shares(of: scope, parent: parent?[$0], showable: showable) }
    }
    let scopes = parameters.hasRegions ? regions.scopes[...] : regions.scopes.prefix(1)
    for (scope, node) in scopes.enumerated() where node.level != .region { shares[scope] = own(scope) }

    let parts = parallelism.mapChunks(of: scopes.count, size: 1, scratch: { TopK(limit: parameters.length) }) {
      top, one in
      let scope = one.lowerBound
      let scores = blend(ladders, shares[scope] ?? own(scope))
      func list(_ category: UInt32?, _ items: some Sequence<UInt32>) -> TopList {
        for item in items where showable[Int(item)] { top.offer(item: item, score: Float(scores[Int(item)])) }
        let entries = top.drain()
        return TopList(scope: scope, category: category, items: entries.map(\.item), scores: entries.map(\.score))
      }
      let all = list(nil, 0..<UInt32(showable.count))
      guard parameters.hasCategories else { return [all] }
      let evident = ladders.flatMap { $0.counted(in: scope, showable).map(\.item) }
      let categories = scope == RegionTree.world ? members.all : members.categories(of: evident)
      return [all] + categories.map { list($0, members[$0]) }.filter { !$0.items.isEmpty }
    }
    return parts.flatMap { $0 }
  }

  private static func blend(_ ladders: [PopularityLadder], _ shares: [[Double]]) -> [Double] {
    // Where nothing trends anywhere, all time has the whole score.
    let weights = ladders.map { $0.isEmpty ? 0 : $0.weight }
    let total = weights.reduce(0, +)
    guard total > 0 else { return shares[0] }
    return zip(shares[0], shares[1]).map { (weights[0] * $0 + weights[1] * $1) / total }
  }
}

/// One evidence, shrunk scope by scope.
private struct PopularityLadder: Sendable {
  let evidence: ScopeEvidence
  let weight: Double
  let shrinkage: Double
  let minimumPeople: UInt32

  init(_ evidence: ScopeEvidence, weight: Double, _ parameters: DecayedPopularity.Parameters) {
    self.evidence = evidence
    self.weight = weight
    shrinkage = parameters.shrinkage
    minimumPeople = parameters.minimumPeoplePerItem
  }

  var isEmpty: Bool { evidence[RegionTree.world].isEmpty }

  /// The evidence that a scope may use.
  func counted(in scope: Int, _ showable: [Bool]) -> [ScopeEvidence.Entry] {
    evidence[scope].filter {
      showable[Int($0.item)] && (scope == RegionTree.world || $0.people >= minimumPeople)
    }
  }

  func shares(of scope: Int, parent: [Double]?, showable: [Bool]) -> [Double] {
    let own = counted(in: scope, showable)
    let strength = parent == nil ? 0 : shrinkage
    let total = own.reduce(0) { $0 + $1.weight } + strength
    guard total > 0 else { return parent ?? [Double](repeating: 0, count: showable.count) }
    var shares = parent?.map { $0 * strength / total } ?? [Double](repeating: 0, count: showable.count)
    for entry in own { shares[Int(entry.item)] += entry.weight / total }
    return shares
  }
}

/// The items of each category, those of the categories below it among them.
private struct CategoryMembers: Sendable {
  private let items: [UInt32]
  private let groups: Grouping
  private let chains: [[UInt32]]
  private let categoryOfItem: [UInt32]

  init(_ attributes: ItemAttributes, itemCount: Int) {
    categoryOfItem = attributes.categoryOfItem
    chains = attributes.categories.indices.map { attributes.chain(from: UInt32($0)) }
    var items: [UInt32] = []
    var keys: [UInt32] = []
    for item in 0..<itemCount where categoryOfItem[item] != ItemAttributes.none {
      for category in chains[Int(categoryOfItem[item])] {
        items.append(UInt32(item))
        keys.append(category)
      }
    }
    self.items = items
    groups = Grouping(keys, groupCount: attributes.categories.count)
  }

  var all: [UInt32] { Array(0..<UInt32(groups.count)) }

  subscript(category: UInt32) -> some Sequence<UInt32> { groups[Int(category)].lazy.map { items[Int($0)] } }

  /// The distinct categories of some items, in order.
  func categories(of some: [UInt32]) -> [UInt32] {
    var present = [Bool](repeating: false, count: groups.count)
    for item in some where categoryOfItem[Int(item)] != ItemAttributes.none {
      for category in chains[Int(categoryOfItem[Int(item)])] { present[Int(category)] = true }
    }
    return all.filter { present[Int($0)] }
  }
}
