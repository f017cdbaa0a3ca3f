/// What showing interest in an item says of a visitor: the item's topic, where its price stands among its like, and whether it is a
/// new arrival. One byte, column `item_behaviour`: topic in the lower 5 bits, then 2 bits of price level plus one, 0 for a price that is
/// not known, then 1 bit of novelty.
public struct ItemBehaviour: BitwiseCopyable, Equatable, Sendable {
  public let rawValue: UInt8

  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// - Parameters:
  ///   - topic: nil, or below `noTopic`.
  ///   - priceLevel: nil, or 0 (the cheapest third of its kind) to `levelMax` (the dearest).
  public init(topic: Int?, priceLevel: Int?, isNew: Bool) {
    precondition(topic ?? 0 < ItemBehaviour.noTopic && priceLevel ?? 0 <= ItemBehaviour.levelMax)
    rawValue =
      UInt8(topic ?? ItemBehaviour.noTopic) | UInt8(priceLevel.map { $0 + 1 } ?? 0) << 5 | (isNew ? 0x80 : 0)
  }

  public static let noTopic = 31
  public static let levelMax = 2

  /// Below `noTopic`, or that.
  public var topic: Int { Int(rawValue & 31) }
  public var priceLevel: Int? {
    let level = Int(rawValue >> 5 & 3)
    return level == 0 ? nil : level &- 1
  }
  public var isNew: Bool { rawValue & 0x80 != 0 }
}

/// Counts over the items that a visitor showed interest in, of which a segment's evidence is a linear function.
public struct BehaviourTotals: BitwiseCopyable, Equatable, Sendable {
  /// Items, those among them that are new arrivals, those of known price, and the sum of the latter's price levels.
  public private(set) var items = 0
  public private(set) var fresh = 0
  public private(set) var priced = 0
  public private(set) var levels = 0

  public init() {}

  public mutating func add(_ item: ItemBehaviour) {
    items &+= 1
    if item.isNew { fresh &+= 1 }
    if let level = item.priceLevel {
      priced &+= 1
      levels &+= level
    }
  }
}
