import Foundation

/// The figures of one evaluation, as written by `--json`. Metrics are keyed by name and cut-off, `hr@20`.
public struct EvaluationReport: Codable, Equatable, Sendable {
  /// One configuration at the positions of a test set.
  public struct Scored: Codable, Equatable, Sendable {
    public let configuration: String
    public let generation: String
    /// Items of the snapshot, and those of them that may be shown.
    public let items: Int
    public let shown: Int
    public let metrics: [String: Double]
    /// Low and high end of the 95 % interval.
    public let intervals: [String: [Double]]
    /// By source: its share of the answered items, and of the targets found.
    public let sources: [Share]
    /// By rung of the ladder: share of the items answered because they are popular.
    public let fallback: [Share]
    /// Share of the targets, and of the events before them, whose items the snapshot does not know.
    public let unknownTargets: Double
    public let unknownSessionItems: Double
    /// `popularity_rank` of the training events themselves, to compare with.
    public let trainingPopularityRank: Double
    public let breakdowns: [String: [Group]]
    public let timing: Timing
  }

  public struct Share: Codable, Equatable, Sendable {
    public let name: String
    public let items: Double
    public let found: Double?
  }

  public struct Group: Codable, Equatable, Sendable {
    public let name: String
    public let positions: Int
    public let sessions: Int
    public let metrics: [String: Double]
    public let intervals: [String: [Double]]
  }

  public struct Timing: Codable, Equatable, Sendable {
    public let trainingSeconds: Double
    public let answeringSeconds: Double
    public let threads: Int
  }

  /// A second configuration at the same positions; differences are second minus first.
  public struct Comparison: Codable, Equatable, Sendable {
    public let scored: Scored
    public let differences: [String: Double]
    public let intervals: [String: [Double]]
    public let breakdowns: [String: [Group]]
  }

  public struct Part: Codable, Equatable, Sendable {
    public let events: Int
    public let sessions: Int
    public let items: Int
    public let from: String
    public let through: String

    public init(events: Int, sessions: Int, items: Int, times: ClosedRange<UInt32>) {
      (self.events, self.sessions, self.items) = (events, sessions, items)
      from = Part.text(times.lowerBound)
      through = Part.text(times.upperBound)
    }

    private static func text(_ seconds: UInt32) -> String {
      Date(timeIntervalSince1970: Double(seconds)).formatted(.iso8601)
    }
  }

  public struct Setting: Codable, Equatable, Sendable {
    public let name: String
    public let description: String
    public let context: String
    public let cutoffs: [Int]
    public let resamples: Int
    public let seed: UInt64
  }

  public let setting: Setting
  public let training: Part
  public let test: Part
  public let positions: Int
  public let scored: Scored
  public let comparison: Comparison?

  enum CodingKeys: String, CodingKey {
    case setting = "protocol"
    case training, test, positions, comparison
  }

  /// The figures of the configuration stand at the top, beside the rest.
  public func encode(to encoder: any Encoder) throws {
    try scored.encode(to: encoder)
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(setting, forKey: .setting)
    try container.encode(training, forKey: .training)
    try container.encode(test, forKey: .test)
    try container.encode(positions, forKey: .positions)
    try container.encodeIfPresent(comparison, forKey: .comparison)
  }

  public init(from decoder: any Decoder) throws {
    scored = try Scored(from: decoder)
    let container = try decoder.container(keyedBy: CodingKeys.self)
    setting = try container.decode(Setting.self, forKey: .setting)
    training = try container.decode(Part.self, forKey: .training)
    test = try container.decode(Part.self, forKey: .test)
    positions = try container.decode(Int.self, forKey: .positions)
    comparison = try container.decodeIfPresent(Comparison.self, forKey: .comparison)
  }

  init(setting: Setting, training: Part, test: Part, positions: Int, scored: Scored, comparison: Comparison?) {
    (self.setting, self.training, self.test) = (setting, training, test)
    (self.positions, self.scored, self.comparison) = (positions, scored, comparison)
  }

  /// Keys in order, so that two reports can be compared line by line.
  public func json() throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.keyEncodingStrategy = .convertToSnakeCase
    return try encoder.encode(self)
  }

  public static func decode(json: Data) throws -> EvaluationReport {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(EvaluationReport.self, from: json)
  }
}
