import Session

/// The kept events as parallel compact columns, 19 bytes an event, in input order. Text is interned once: an event
/// names its item, session, user and region by index into the tables of distinct ids.
public struct EventTable: Sendable {
  /// Stands in `users` and `regions` for "not known".
  public static let noUser = UInt32.max
  public static let noRegion = UInt16.max

  public var items: [UInt32] = []
  public var sessions: [UInt32] = []
  public var users: [UInt32] = []
  public var regions: [UInt16] = []
  /// Raw values of `EventType`.
  public var types: [UInt8] = []
  /// Seconds since 1970-01-01 UTC.
  public var times: [UInt32] = []

  /// Distinct external ids, in order of first appearance. Items that only the catalogue names come last.
  public var itemIDs: [String] = []
  public var regionNames: [String] = []
  public var sessionCount = 0
  public var userCount = 0
  /// By user: the keyed hash of the id, see `HMACSHA256.rowID`; empty where the log was read without a key.
  public var userKeys: [Int64] = []

  public init() {}

  public var count: Int { items.count }
}
