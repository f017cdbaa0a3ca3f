/// The situations that a ranker is learned for. Raw values are rows of table `ranker`.
public enum RankerKind: UInt8, CaseIterable, Sendable {
  /// What comes next in the session, where the page shows no item: the newest one may come again.
  case session = 0
  /// What comes next, where the page shows an item.
  case page = 1
  /// What else belongs into the cart.
  case basket = 2

  public static let count = 3

  public var name: StaticString {
    switch self {
    case .session: "session"
    case .page: "page"
    case .basket: "basket"
    }
  }
}
