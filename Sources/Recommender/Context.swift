import Bytes

/// Where on the shop's pages the answer will stand. Raw values are part of the snapshot (table `blend`).
public enum Context: UInt8, CaseIterable, BitwiseCopyable, Sendable {
  case homepage = 0
  case product = 1
  case cart = 2
  case category = 3
  case search = 4
  case afterPurchase = 5

  public static let count = 6

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
