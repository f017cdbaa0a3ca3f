import SnapshotFormat

/// The columns of the table that the ranker reads, a row for each candidate. Numbers are part of the snapshot: trees name
/// features by them. Every feature is a finite number; what is not known has a value that no known thing has.
public enum Feature {
  /// Of each kind of evidence, in the order of `Evidence`.
  static let evidence = 0
  /// What each kind of evidence says, six features a kind.
  enum Aspect: Int {
    /// Σ weight · list weight, divided by the session's weight: comparable between sessions.
    case strength = 0
    /// Divided by the largest of all candidates.
    case share = 1
    /// How many candidates have more; `noRank` where the evidence does not name this one.
    case rank = 2
    /// The newest item's list alone.
    case newest = 3
    /// The largest part that one item's list has in the sum.
    case largest = 4
    /// How many lists name the candidate, divided by the session's items: a share of them, but for two steps, where an item has many.
    case support = 5

    static let count = 6
  }
  static let noRank: Float = 255

  static let factors = 30
  static let factorsShare = 31
  static let factorsRank = 32
  static let popularity = 33
  /// The item's number: its place in the order of traffic.
  static let traffic = 34
  /// The candidate's confidence, 0...255: the sessions that it was seen in.
  static let confidence = 35
  /// Distinct items back from the newest, `notRepeated` where the session does not hold the item.
  static let repeatPlace = 36
  static let repeatEvents = 37
  static let notRepeated: Float = 255
  /// Whether category and brand are the newest item's: 1 yes, 0 no, -1 not known.
  static let newestCategory = 38
  static let newestBrand = 39
  /// The session's weight on items of the candidate's category and brand, as shares.
  static let categoryShare = 40
  static let brandShare = 41
  /// The smaller of candidate's and newest item's price divided by the larger; -1 where one is not known.
  static let priceMatch = 42
  static let regionLift = 43
  /// The session's distinct items, events an item, and the newest item's confidence.
  static let sessionItems = 44
  static let sessionRepeats = 45
  static let newestConfidence = 46

  public static let count = 47

  static func evidence(_ kind: Evidence, _ aspect: Aspect) -> Int {
    evidence + kind.rawValue * Aspect.count + aspect.rawValue
  }

  /// Whose reason a feature is; nil for what is the same for all candidates of a request.
  public static func source(_ feature: Int) -> Source? {
    switch feature {
    case 0..<factors: Evidence(rawValue: feature / Aspect.count)?.source
    case factors, factorsShare, factorsRank: .factors
    case popularity, traffic, confidence: .popularity
    case repeatPlace, repeatEvents: .repeats
    case newestCategory, newestBrand, categoryShare, brandShare, priceMatch: .category
    case regionLift: .region
    default: nil
    }
  }
}
