/// Something that items have in common, as one number: what kind of attribute in the upper 8 bits, which value in the lower 24.
/// Rules match signals by it, and adjustments name by it what they raise or lower.
public struct AttributeKey: Equatable, BitwiseCopyable, Sendable {
  /// Raw values are part of the snapshot.
  public enum Kind: UInt8, CaseIterable, BitwiseCopyable, Sendable {
    /// Every item.
    case any = 0
    /// A row of table `category`: items in it or in one below it.
    case category = 1
    /// A row of table `brand`.
    case brand = 2
    /// A row of table `tag`.
    case tag = 3
    /// Where the price stands among its like, see `ItemBehaviour.priceLevel`: 0 the cheapest third, 2 the dearest.
    case priceLevel = 4
    /// One item, by number.
    case item = 5
  }

  public let rawValue: UInt32

  public init(rawValue: UInt32) { self.rawValue = rawValue }

  public init(_ kind: Kind, _ value: UInt32 = 0) {
    precondition(value < 1 << 24)
    rawValue = UInt32(kind.rawValue) << 24 | value
  }

  /// Nil in a damaged snapshot.
  public var kind: Kind? { Kind(rawValue: UInt8(truncatingIfNeeded: rawValue >> 24)) }
  public var value: UInt32 { rawValue & 0xFF_FFFF }
}
