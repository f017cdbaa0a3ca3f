import Foundation
import Session

/// All that a shop decides about its build, as written in `martlet.yaml`. The defaults hold without any file.
/// `docs/configuration.md` describes every key.
public struct Configuration: Sendable, Equatable {
  public var events = EventSource()
  public var catalogue = CatalogueSource()
  /// Items that match one of these are never answered; their events still count as context.
  public var neverRecommend: [ItemPattern] = []
  /// Where there are any, items that match none of these are never answered.
  public var onlyRecommend: [ItemPattern] = []
  /// What one event of each type counts; a type that is not here counts nothing.
  public var weights = Self.defaultWeights
  public var session = SessionParameters()
  public var asOf = AsOf.newest
  public var windows = Windows()
  public var regions = RegionRules()
  public var sources = SourceSwitches()
  public var segments = SegmentParameters()
  public var contexts = ContextRecipes()
  /// In the order in which they are judged.
  public var rules: [Rule] = []
  public var models = ModelParameters()
  public var search = SearchParameters()
  public var users = UserParameters()
  public var snapshot = SnapshotLimits()
  /// Start of every pseudorandom sequence of the build.
  public var seed: UInt64 = 1

  public init() {}

  public static let `default` = Configuration()

  public static let defaultWeights: [EventType: Float] = [
    .view: 1, .click: 1, .addToCart: 3, .purchase: 5, .rate: 3, .dwell: 0.5,
    .search: 0, .removeFromCart: 0, .impression: 0,
  ]

  /// The moment from which ages are counted.
  public enum AsOf: Sendable, Equatable {
    /// The newest event that was kept.
    case newest
    /// Seconds since 1970-01-01 UTC; later events are none of this build's business.
    case time(UInt32)
  }

  /// Reads a configuration file.
  /// - Throws: `ConfigurationError` with file, line and key.
  public static func load(path: String) throws -> Configuration {
    try ConfigurationText(path: path).configuration()
  }

  /// Decodes the text of a configuration. `file` is the name that errors give.
  public init(yaml: String, file: String = "martlet.yaml") throws {
    self.init()
    guard let root = try YAMLValue.root(of: yaml, file: file) else { return }
    var section = try root.section()
    if let value = try section.value("events") { try events.read(value) }
    if let value = try section.value("catalogue") { try catalogue.read(value) }
    if let value = try section.value("never_recommend") { neverRecommend = try value.list().map(ItemPattern.init) }
    if let value = try section.value("only_recommend") { onlyRecommend = try value.list().map(ItemPattern.init) }
    if let value = try section.value("weights") { try readWeights(value) }
    if let value = try section.value("session") { try session.read(value) }
    if let value = try section.value("as_of") { asOf = try AsOf(value) }
    if let value = try section.value("windows") { try windows.read(value) }
    if let value = try section.value("regions") { try regions.read(value) }
    if let value = try section.value("sources") { try sources.read(value) }
    if let value = try section.value("segments") { try segments.read(value) }
    if let value = try section.value("contexts") { try contexts.read(value) }
    if let value = try section.value("rules") { rules = try Rule.list(value) }
    if let value = try section.value("models") { try models.read(value) }
    if let value = try section.value("search") { try search.read(value) }
    if let value = try section.value("users") { try users.read(value) }
    if let value = try section.value("snapshot") { try snapshot.read(value) }
    if let value = try section.value("seed") { seed = UInt64(try value.integer(in: 0...Int.max)) }
    try section.finish()
  }

  private mutating func readWeights(_ value: YAMLValue) throws {
    var section = try value.section()
    for type in EventType.allCases {
      if let weight = try section.value("\(type.name)") { weights[type] = Float(try weight.number(in: 0...1000)) }
    }
    try section.finish()
  }
}

extension Configuration.AsOf {
  init(_ value: YAMLValue) throws {
    let text = try value.string()
    if text == "newest" {
      self = .newest
    } else if let date = try? Date(text, strategy: .iso8601), let seconds = UInt32(exactly: date.timeIntervalSince1970)
    {
      self = .time(seconds)
    } else {
      throw value.failure("expected `newest` or a time such as 2011-10-01T00:00:00Z, found \"\(text)\"")
    }
  }
}
