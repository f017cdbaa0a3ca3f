/// Counts of a read, for events or for the catalogue.
public struct ReadSummary: Sendable, Equatable {
  public struct File: Sendable, Equatable {
    public let name: String
    /// As stored, so compressed where it is compressed.
    public let bytes: UInt64
    public let rows: UInt64
  }

  public struct Skipped: Sendable, Equatable {
    /// The rule in words.
    public let rule: String
    public var rows: UInt64 = 0
  }

  public var files: [File] = []
  /// Rows with data; header and empty lines are none. `rows == kept + skipped + rejected`.
  public var rows: UInt64 = 0
  public var kept: UInt64 = 0
  /// Kept events that were left without their region: it was the name of a group of regions, or of everywhere.
  public var withoutRegion: UInt64 = 0
  /// Nil where a table has room for all regions.
  public var foldedRegions: FoldedRegions?
  /// By rule, in the order of the configuration.
  public var skipped: [Skipped] = []
  public var rejected: [RejectReason: UInt64] = [:]
  public var firstRejects: [Reject] = []
  /// Oldest and newest event in seconds since 1970; nil for the catalogue.
  public var times: ClosedRange<UInt32>?

  public init() {}

  public var rejectedCount: UInt64 { rejected.values.reduce(0, +) }
}

/// Distinct regions that a table had no room for, and their events, which count as of `regions.other`, where there is none as of no region.
public struct FoldedRegions: Sendable, Equatable {
  public let regions: Int
  public let events: Int
}

/// How far a read has come.
public struct ReadProgress: Sendable, Equatable {
  public let file: String
  /// Bytes of all files so far, as stored.
  public let bytes: UInt64
  /// Of all files; nil where one of them is a pipe.
  public let totalBytes: UInt64?
  public let rows: UInt64
}
