import Bytes

/// What a visitor did. The raw values are part of the token and event formats; zero is never used.
public enum EventType: UInt8, CaseIterable, BitwiseCopyable, Sendable {
  case view = 1
  case addToCart = 2
  case removeFromCart = 3
  case purchase = 4
  case search = 5
  case rate = 6
  case impression = 7
  case click = 8
  case dwell = 9

  /// Martlet's own name, as written in `martlet.yaml` and in answers.
  public var name: StaticString {
    switch self {
    case .view: "view"
    case .addToCart: "add_to_cart"
    case .removeFromCart: "remove_from_cart"
    case .purchase: "purchase"
    case .search: "search"
    case .rate: "rate"
    case .impression: "impression"
    case .click: "click"
    case .dwell: "dwell"
    }
  }

  /// The type of an event name: Martlet's own, or one that GA4, Segment or Mixpanel use for the same thing. ASCII case is ignored.
  public init?(named name: ByteView) {
    for type in EventType.allCases where name.equalsIgnoringCase(type.name) {
      self = type
      return
    }
    for alias in EventType.aliases where name.equalsIgnoringCase(alias.name) {
      self = alias.type
      return
    }
    return nil
  }

  private static var aliases: [(name: StaticString, type: EventType)] {
    [
      // GA4
      ("view_item", .view), ("select_item", .click), ("view_item_list", .impression), ("view_search_results", .search),
      ("user_engagement", .dwell), ("scroll", .dwell),
      // Segment
      ("product viewed", .view), ("product clicked", .click), ("product added", .addToCart),
      ("product removed", .removeFromCart), ("order completed", .purchase), ("products searched", .search),
      ("product list viewed", .impression), ("product reviewed", .rate),
      // Mixpanel's and tutorials' usual spellings
      ("product_view", .view), ("product view", .view), ("item viewed", .view), ("view_product", .view),
      ("page_view", .view), ("addtocart", .addToCart),
      ("add to cart", .addToCart), ("remove from cart", .removeFromCart), ("transaction", .purchase),
      ("order", .purchase), ("buy", .purchase), ("rating", .rate), ("product rated", .rate), ("time_on_page", .dwell),
    ]
  }
}
