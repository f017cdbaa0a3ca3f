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
  /// Empty for baskets: see `fit`.
  public let next: ItemLists
  public let together: ItemLists
  public let slist: ItemLists
  public let content: ItemLists
  /// Nil where the configuration asks for no dimensions.
  public let factors: QuantisedFactors?
  /// By raw value of the scorer's contexts: the learned ranker; none where fixed weights have to do.
  public var rankers: [UInt8: [TreeEnsemble.Tree]] = [:]
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
    case nextItem = "next-item lists"
    case boughtTogether = "bought-together lists"
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
    let lists = configuration.windows.listsSeconds.map { known.events(from: asOf > $0 ? asOf - $0 : 0, through: asOf) }
    let table = lists ?? known
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
    progress(.nextItem)
    let empty = ItemLists(emptyRows: known.itemIDs.count)
    let sources = configuration.sources
    let next =
      !sources.nextItem || baskets(table, configuration)
      ? empty
      : NextItem.fit(
        table, sessions: sessions, catalogue: log.catalogue,
        parameters: NextItem.Parameters(configuration, weights), asOf: asOf, parallelism: parallelism)
    progress(.boughtTogether)
    let together =
      !sources.boughtTogether
      ? empty
      : BoughtTogether.fit(
        table, sessions: sessions, catalogue: log.catalogue, parameters: BoughtTogether.Parameters(configuration),
        asOf: asOf, parallelism: parallelism)
    progress(.factors)
    return TrainedModels(
      itemIDs: known.itemIDs, catalogue: log.catalogue, attributes: attributes,
      isShown: log.catalogue.showable(itemCount: known.itemIDs.count), regionNames: known.regionNames,
      regions: regions, popularity: popular, next: next, together: together, slist: empty, content: empty,
      factors: sources.factors && dimensions > 0 ? factors(table, configuration, weights, dimensions, parallelism) : nil,
      sessionsOfItem: sessions.sessionsOfItem(table), asOf: asOf, laterEvents: log.table.count - known.count)
  }

  /// The newest event unless the configuration names a moment; never the wall clock. One row with a wrong clock must not
  /// make everything else old: events that come more than a trending window after the last thousandth of all do
  /// not count as newest.
  static func asOf(_ log: EventLog, _ configuration: Configuration) -> UInt32 {
    if case .time(let time) = configuration.asOf { return time }
    let times = log.table.times.sorted()
    guard let newest = times.last else { return 0 }
    let bulk = UInt64(times[(times.count - 1) * 999 / 1000]) + UInt64(configuration.windows.trendingSeconds)
    // Fewer events have no thousandth to speak of.
    guard times.count >= 1000, UInt64(newest) > bulk else { return newest }
    return times.last { UInt64($0) <= bulk } ?? newest
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
    return QuantisedFactors(als.itemFactors, dimensions: dimensions)
  }
}

// MARK: From the configuration

extension RegionTree.Parameters {
  init(_ rules: RegionRules) {
    self.init()
    minimumPeople = rules.minimumPeople
    keepBusiest = rules.keepBusiest
    other = rules.other ?? other
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
  }
}

extension NextItem.Parameters {
  init(_ configuration: Configuration, _ weights: EventWeights) {
    self.init()
    self.weights = weights
    ordered = configuration.events.isOrdered
    steps = configuration.models.nextItem.steps
    length = configuration.models.nextItem.length
    recencyHalfLife = configuration.models.nextItem.recencyHalfLifeSeconds.map(Double.init)
  }
}

extension BoughtTogether.Parameters {
  init(_ configuration: Configuration) {
    self.init()
    length = configuration.models.boughtTogether.length
    baskets.minimumSupport = configuration.models.boughtTogether.minimumSupport
    recencyHalfLife = configuration.models.boughtTogether.recencyHalfLifeSeconds.map(Double.init)
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
