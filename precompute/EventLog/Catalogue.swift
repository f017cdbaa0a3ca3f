/// What is known of each item, by item index of the `EventTable` (same order as `itemIDs`, same count).
public struct Catalogue: Sendable {
  public struct Item: Sendable, Equatable {
    public var title = ""
    public var category = ""
    public var brand = ""
    /// In minor units of the shop's currency (cents); nil where not known.
    public var price: UInt32?
    public var url = ""
    public var image = ""
    /// Items of one group are variants of one product; empty where the item stands alone.
    public var group = ""
    /// What it is known for; `color=red` where a column says what the value is of.
    public var tags: [String] = []
    /// Where it is sold, by region or group of regions; empty: everywhere.
    public var regions: [String] = []
    public var isAvailable = true
    /// Matches a `never_recommend` pattern: its events still count as context, but it is never answered.
    public var isNeverRecommended = false
    /// A row of the catalogue is about it; where there is no catalogue, none is about any.
    public var isListed = false
    /// Of its 32-bit name in a snapshot, see `SlotIndex`: whoever chooses the items of a snapshot sees to it that names are distinct.
    public var nameSalt: UInt8 = 0

    public init() {}
  }

  public var items: [Item] = []

  public init() {}
}
