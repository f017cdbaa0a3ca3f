import Bytes

/// What a shop wants of the answers of one context, beside adjustments. In a snapshot 12 bytes, little-endian, then the adjustments of
/// 8 bytes each:
///
///     limit u8, excludes u8, flags u8, diversity u8, per category u8, per brand u8, price from u16, price to u16, 0 u16
public struct Recipe: Equatable, BitwiseCopyable, Sendable {
  /// What a visitor's own doings take out of the answers.
  public struct Excludes: OptionSet, BitwiseCopyable, Sendable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    public static let bought = Excludes(rawValue: 1)
    public static let inCart = Excludes(rawValue: 2)
    /// What the visitor has shown interest in.
    public static let seen = Excludes(rawValue: 4)
  }

  public static let width = 12
  public static let adjustmentsMax = 64
  public static let limitMax = 100
  public static let diversityMax: UInt8 = 100

  /// Items of an answer that does not ask for a number, 1...limitMax.
  public var limit: UInt8 = 10
  public var excludes: Excludes = [.bought, .inCart]
  /// Nothing but the page's category, or that of the item it shows.
  public var isCategoryOnly = false
  /// One variant of a group at most.
  public var isOnePerGroup = true
  /// How much unlikeness to what stands above counts beside the score, in hundredths: 0 nothing, 100 all.
  public var diversity: UInt8 = 0
  /// Items of one innermost category, and of one brand; 0 for any number.
  public var perCategory: UInt8 = 0
  public var perBrand: UInt8 = 0
  /// Prices in hundredths of that of the page's item; 0 for no bound.
  public var priceFrom: UInt16 = 0
  public var priceTo: UInt16 = 0

  public init() {}

  public func encoded(_ adjustments: [Adjustment]) -> [UInt8] {
    precondition(adjustments.count <= Recipe.adjustmentsMax)
    let flags: UInt8 = (isCategoryOnly ? 1 : 0) | (isOnePerGroup ? 2 : 0)
    let prices = [priceFrom, priceTo, 0].flatMap {
      [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)]
    }
    return [limit, excludes.rawValue, flags, diversity, perCategory, perBrand] + prices
      + adjustments.flatMap { $0.encoded() }
  }

  /// Nil where `bytes` are no recipe.
  public init?(_ bytes: ByteView) {
    guard bytes.has(0, Recipe.width), (bytes.count &- Recipe.width) % Adjustment.width == 0,
      bytes.count <= Recipe.width + Recipe.adjustmentsMax * Adjustment.width,
      bytes[0] > 0, bytes[0] <= UInt8(Recipe.limitMax), bytes[3] <= Recipe.diversityMax
    else { return nil }
    limit = bytes[0]
    excludes = Excludes(rawValue: bytes[1])
    isCategoryOnly = bytes[2] & 1 != 0
    isOnePerGroup = bytes[2] & 2 != 0
    (diversity, perCategory, perBrand) = (bytes[3], bytes[4], bytes[5])
    (priceFrom, priceTo) = (bytes.u16le(6), bytes.u16le(8))
  }
}
