import EventLog
import Session

/// Items bought in one session, by `CoOccurrence`; put into the cart in one session where the log has no purchases.
public enum BoughtTogether {
  public struct Parameters: Sendable {
    public var baskets = CoOccurrence.Parameters()
    /// Seconds after which a session counts half; nil counts all alike.
    public var recencyHalfLife: Double?
    /// Targets kept for each source.
    public var length = 50

    public init() {}
  }

  /// A list for each item of `table`, empty where nothing is known. Never-recommended items are sources, not targets.
  public static func fit(
    _ table: EventTable, sessions: SessionIndex, catalogue: Catalogue, parameters: Parameters = Parameters(),
    asOf: UInt32, parallelism: Parallelism = .allCores
  ) -> ItemLists {
    let hasPurchases = table.types.contains(EventType.purchase.rawValue)
    let baskets = SessionItems.baskets(
      table, sessions, weights: EventWeights([hasPurchases ? .purchase : .addToCart: 1]),
      limit: parameters.baskets.maximumSize)
    return CoOccurrence.fit(
      baskets, recency: sessionRecency(table, sessions, halfLife: parameters.recencyHalfLife, asOf: asOf),
      allowed: catalogue.recommendable(itemCount: table.itemIDs.count), length: parameters.length,
      parameters: parameters.baskets, parallelism: parallelism)
  }
}
