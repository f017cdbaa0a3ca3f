import Configuration
import EventLog
import Foundation
import Session
import SnapshotFormat

/// Everything that a snapshot is written from, by item index of the event table.
public struct TrainedModels: Sendable {
  public let itemIDs: [String]
  public let catalogue: Catalogue
  public let attributes: ItemAttributes
  /// Whether an item may be recommended now.
  public let isShown: [Bool]
  public let regionNames: [String]
  public let regions: RegionTree
  public let popularity: DecayedPopularity
  public let regionLift: RegionLift
  /// Nil where visitors cannot be told apart.
  public let segments: Segments?
  /// By item: topic, price level and novelty; the price level alone where visitors are not told apart.
  public let behaviourOfItem: [ItemBehaviour]
  /// Empty for baskets: see `fit`.
  public let next: ItemLists
  public let together: ItemLists
  public let slist: ItemLists
  public let content: ItemLists
  /// Nil where the configuration asks for no dimensions.
  public let factors: QuantisedFactors?
  /// The learned rankers; none where fixed weights have to do.
  public var rankers: [RankerKind: [TreeEnsemble.Tree]] = [:]
  /// By segment of rules: what is popular there; none where such lists are not asked for.
  public var ruleLists: [Int: DecayedPopularity.TopList] = [:]
  /// The people whom the snapshot is to know.
  public var histories = UserHistories.none

  /// In the order of their kinds.
  public var sortedRankers: [(kind: RankerKind, trees: [TreeEnsemble.Tree])] {
    RankerKind.allCases.compactMap { kind in rankers[kind].map { (kind, $0) } }
  }
  /// Sessions that an item was seen in: the evidence n of its lists.
  public let sessionsOfItem: [UInt32]
  /// Seconds since 1970: the moment that the models are of.
  public let asOf: UInt32
  /// Events after that moment, which no model has seen.
  public let laterEvents: Int

  /// A step of the training, for progress.
  public enum Step: String, CaseIterable, Sendable {
    case sessions = "sessions"
    case popularity = "popularity"
    case segments = "segments"
    case nextItem = "next-item lists"
    case slist = "SLIST"
    case boughtTogether = "bought-together lists"
    case content = "content lists"
    case factors = "factors"
  }

  /// Fits all models. Deterministic for the same log, configuration and dimensions at any number of threads.
  /// - Parameters:
  ///   - dimensions: of the factors; the snapshot's budget may allow fewer than the configuration asks for.
  ///   - progress: called as each step begins.
  public static func fit(
    _ log: EventLog, _ configuration: Configuration, dimensions: Int, parallelism: Parallelism = .allCores,
    progress: (Step) -> Void = { _ in }
  ) -> TrainedModels {
    let asOf = asOf(log, configuration)
    let known = log.table.events(from: 0, through: asOf)
    let table =
      configuration.windows.listsSeconds.map { known.events(from: asOf > $0 ? asOf - $0 : 0, through: asOf) } ?? known
    let weights = EventWeights(configuration.weights)
    progress(.sessions)
    let sessions = SessionIndex(table, parallelism: parallelism)
    let people = People(known)
    let attributes = ItemAttributes(log.catalogue, itemCount: known.itemIDs.count)
    progress(.popularity)
    let regions = RegionTree(known, people: people, parameters: RegionTree.Parameters(configuration.regions))
    var popularity = DecayedPopularity.Parameters(configuration)
    popularity.weights = weights
    let popular = DecayedPopularity.fit(
      known, people: people, regions: regions, catalogue: log.catalogue, attributes: attributes,
      parameters: popularity, asOf: asOf, parallelism: parallelism)
    let isShown = log.catalogue.showable(itemCount: known.itemIDs.count)
    let regionLift = RegionLift(
      popular, regions: regions, showable: isShown, parameters: RegionLift.Parameters(configuration),
      parallelism: parallelism)
    progress(.segments)
    let sessionsOfItem = sessions.sessionsOfItem(table)
    let segments = Segments.fit(
      SegmentInput(
        table: known, people: people, catalogue: log.catalogue, attributes: attributes, sessionsOfItem: sessionsOfItem,
        weights: weights, configuration: configuration, asOf: asOf, parallelism: parallelism))
    let halfLife = halfLife(table, asOf: asOf)
    let sources = configuration.sources
    func lists(_ step: Step, if isOn: Bool, _ fit: () -> ItemLists) -> ItemLists {
      progress(step)
      return isOn ? fit() : ItemLists(emptyRows: known.itemIDs.count)
    }
    let next = lists(.nextItem, if: sources.nextItem && !baskets(table, configuration)) {
      NextItem.fit(
        table, sessions: sessions, catalogue: log.catalogue,
        parameters: NextItem.Parameters(configuration, weights, halfLife), asOf: asOf, parallelism: parallelism)
    }
    let slist = lists(.slist, if: sources.slist) {
      LocalSLIST.fit(
        table, sessions: sessions, catalogue: log.catalogue,
        parameters: LocalSLIST.Parameters(configuration, weights, halfLife), asOf: asOf, parallelism: parallelism)
    }
    let together = lists(.boughtTogether, if: sources.boughtTogether) {
      BoughtTogether.fit(
        table, sessions: sessions, catalogue: log.catalogue,
        parameters: BoughtTogether.Parameters(configuration, halfLife), asOf: asOf, parallelism: parallelism)
    }
    let content = lists(.content, if: sources.content) {
      ContentSimilarity.fit(
        log.catalogue, attributes: attributes, sessionsOfItem: sessionsOfItem,
        parameters: ContentSimilarity.Parameters(configuration.models.content), parallelism: parallelism)
    }
    progress(.factors)
    return TrainedModels(
      itemIDs: known.itemIDs, catalogue: log.catalogue, attributes: attributes,
      isShown: isShown, regionNames: known.regionNames, regions: regions, popularity: popular, regionLift: regionLift,
      segments: segments,
      behaviourOfItem: segments?.behaviourOfItem ?? BehaviourOfItems.prices(log.catalogue, attributes), next: next,
      together: together, slist: slist, content: content,
      factors: sources.factors && dimensions > 0
        ? factors(table, configuration, weights, dimensions, parallelism) : nil,
      sessionsOfItem: sessionsOfItem, asOf: asOf, laterEvents: log.table.count - known.count)
  }

  /// The newest event unless the configuration names a moment; never the wall clock. One row with a wrong clock must not
  /// make everything else old: events that come more than a trending window after the last thousandth of all do
  /// not count as newest.
  public static func asOf(_ log: EventLog, _ configuration: Configuration) -> UInt32 {
    if case .time(let time) = configuration.asOf { return time }
    let times = log.table.times.sorted()
    guard let newest = times.last else { return 0 }
    let bulk = UInt64(times[(times.count - 1) * 999 / 1000]) + UInt64(configuration.windows.trendingSeconds)
    // Fewer events have no thousandth to speak of.
    guard times.count >= 1000, UInt64(newest) > bulk else { return newest }
    return times.last { UInt64($0) <= bulk } ?? newest
  }

  /// The half-life of a session in item-to-item lists where the configuration names none, seconds: half the time that the log
  /// covers, a week at least. Measured on Serenade's toy sessions (31 days; three days held out in turn), MRR@20: .346 at 7d, .347
  /// at 10d, .350 at 14d, .347 without; on Online Retail's baskets outside the UK (nine months; July and August held out in
  /// turn), HitRate@20: .467 at 60d, .474 at 90d, .471 at 120d, .465 without.
  private static func halfLife(_ table: EventTable, asOf: UInt32) -> Double {
    Double(max(7 * 86_400, (asOf - min(asOf, table.times.min() ?? asOf)) / 2))
  }

  /// Whether the log is of unordered purchases alone: what followed an item is then what was bought with it, and a
  /// second list of the same would only take bytes.
  private static func baskets(_ table: EventTable, _ configuration: Configuration) -> Bool {
    !configuration.events.isOrdered && table.types.allSatisfy { $0 == EventType.purchase.rawValue }
  }

  private static func factors(
    _ table: EventTable, _ configuration: Configuration, _ weights: EventWeights, _ dimensions: Int,
    _ parallelism: Parallelism
  ) -> QuantisedFactors {
    let matrix = InteractionMatrix(table, people: People(table), weights: weights, parallelism: parallelism)
    let als = ImplicitALS.fit(
      matrix, parameters: ImplicitALS.Parameters(configuration, weights, dimensions), parallelism: parallelism)
    return QuantisedFactors(normalised(als.itemFactors, dimensions: dimensions), dimensions: dimensions)
  }
}

/// Rows of length one, so that products are cosines.
private func normalised(_ factors: [Float], dimensions: Int) -> [Float] {
  var factors = factors
  for start in stride(from: 0, to: factors.count, by: dimensions) {
    let row = start..<start + dimensions
    let length = row.reduce(Float(0)) { $0 + factors[$1] * factors[$1] }.squareRoot()
    if length > 0 { for index in row { factors[index] /= length } }
  }
  return factors
}

// MARK: From the configuration

extension RegionTree.Parameters {
  init(_ rules: RegionRules) {
    self.init()
    minimumPeople = rules.minimumPeople
    keepBusiest = rules.keepBusiest
    other = rules.other
    for (group, members) in rules.groups {
      for member in members { groups[member] = group }
    }
  }
}

extension DecayedPopularity.Parameters {
  init(_ configuration: Configuration) {
    self.init()
    trendingWindow = Double(configuration.windows.trendingSeconds)
    trendingHalfLife = Double(configuration.models.popularity.halfLifeSeconds)
    shrinkage = configuration.models.popularity.shrinkage
    minimumPeoplePerItem = configuration.models.popularity.minimumPeople
    hasCategories = configuration.sources.categoryPopularity
    hasRegions = configuration.sources.regionPopularity
  }
}

extension RegionLift.Parameters {
  init(_ configuration: Configuration) {
    self.init()
    shrinkage = configuration.models.regionLift.shrinkage
    clear = Float(configuration.models.regionLift.clear)
    minimumPeople = configuration.models.popularity.minimumPeople
  }
}

extension NextItem.Parameters {
  init(_ configuration: Configuration, _ weights: EventWeights, _ halfLife: Double) {
    self.init()
    self.weights = weights
    ordered = configuration.events.isOrdered
    steps = configuration.models.nextItem.steps
    minimumSupport = configuration.models.nextItem.minimumSupport
    baskets.minimumSupport = minimumSupport
    length = configuration.models.nextItem.length
    recencyHalfLife = configuration.models.nextItem.recencyHalfLifeSeconds.map(Double.init) ?? halfLife
  }
}

extension LocalSLIST.Parameters {
  init(_ configuration: Configuration, _ weights: EventWeights, _ halfLife: Double) {
    self.init(ordered: configuration.events.isOrdered)
    let slist = configuration.models.slist
    self.weights = weights
    length = slist.length
    neighbours = slist.neighbours
    ridge = Float(slist.regularization)
    dropout = slist.dropout.map(Float.init) ?? dropout
    sessionShare = slist.sessionShare ?? sessionShare
    sizeExponent = slist.sizeExponent ?? sizeExponent
    minimumSupport = slist.minimumSupport
    recencyHalfLife = slist.recencyHalfLifeSeconds.map(Double.init) ?? halfLife
  }
}

extension ContentSimilarity.Parameters {
  init(_ content: ModelParameters.Content) {
    self.init()
    length = content.length
    evidenceBelow = content.evidenceBelow
    categoryWeight = Float(content.categoryWeight)
    brandWeight = Float(content.brandWeight)
    titleWeight = Float(content.titleWeight)
    priceWeight = Float(content.priceWeight)
  }
}

extension BoughtTogether.Parameters {
  init(_ configuration: Configuration, _ halfLife: Double) {
    self.init()
    length = configuration.models.boughtTogether.length
    baskets.minimumSupport = configuration.models.boughtTogether.minimumSupport
    recencyHalfLife = configuration.models.boughtTogether.recencyHalfLifeSeconds.map(Double.init) ?? halfLife
  }
}

extension ImplicitALS.Parameters {
  init(_ configuration: Configuration, _ weights: EventWeights, _ dimensions: Int) {
    self.init()
    self.weights = weights
    self.dimensions = dimensions
    iterations = configuration.models.factors.iterations
    regularisation = Float(configuration.models.factors.regularization)
    unobservedShare = Float(configuration.models.factors.unobservedShare)
    seed = configuration.seed
  }
}
