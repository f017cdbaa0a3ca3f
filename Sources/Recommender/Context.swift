import Bytes

/// Where on the shop's pages the answer will stand. Raw values are part of the snapshot (table `blend`).
public enum Context: UInt8, CaseIterable, BitwiseCopyable, Sendable {
  case homepage = 0
  case product = 1
  case cart = 2
  case category = 3
  case search = 4
  case afterPurchase = 5

  public var name: StaticString {
    switch self {
    case .homepage: "homepage"
    case .product: "product"
    case .cart: "cart"
    case .category: "category"
    case .search: "search"
    case .afterPurchase: "after_purchase"
    }
  }

  public init?(named name: ByteView) {
    for context in Context.allCases where name.equals(context.name) {
      self = context
      return
    }
    return nil
  }
}

/// What speaks for an item. Raw values are part of the snapshot (table `blend`).
public enum Source: UInt8, CaseIterable, BitwiseCopyable, Sendable {
  /// Items that followed in other sessions.
  case nextItem = 0
  /// Items bought in the same basket.
  case boughtTogether = 1
  /// Nearness of the session's folded-in factors to the item's.
  case factors = 2
  /// What is popular, by the fallback ladder: category in region, region, parent, everywhere.
  case popularity = 3
  /// The item is in the category that the page or the session is about.
  case category = 4

  public var name: StaticString {
    switch self {
    case .nextItem: "next_item"
    case .boughtTogether: "bought_together"
    case .factors: "factors"
    case .popularity: "popularity"
    case .category: "category"
    }
  }
}

/// The rows of table `blend`.
public enum BlendRow {
  public static func id(_ context: Context, _ source: Source) -> Int64 {
    Int64(context.rawValue) << 4 | Int64(source.rawValue)
  }
}
