import Session
import TestSupport
import Testing

@Suite struct EventTypeTests {
  @Test func everyTypeHasItsOwnName() {
    for type in EventType.allCases {
      #expect("\(type.name)".withView { EventType(named: $0) } == type)
      #expect("\(type.name)".uppercased().withView { EventType(named: $0) } == type)
      #expect(type.rawValue > 0)
    }
    #expect(Set(EventType.allCases.map { "\($0.name)" }).count == EventType.allCases.count)
  }

  /// The event names of the services' own documentation.
  @Test(
    arguments: [
      ("view_item", .view), ("Product Viewed", .view), ("add_to_cart", .addToCart), ("Product Added", .addToCart),
      ("remove_from_cart", .removeFromCart), ("Product Removed", .removeFromCart), ("purchase", .purchase),
      ("Order Completed", .purchase), ("view_search_results", .search), ("Products Searched", .search),
      ("select_item", .click), ("Product Clicked", .click), ("view_item_list", .impression),
      ("Product List Viewed", .impression), ("Product Reviewed", .rate), ("Add To Cart", .addToCart),
    ] as [(String, EventType)])
  func aliasesMeanTheSame(name: String, type: EventType) {
    #expect(name.withView { EventType(named: $0) } == type)
  }

  @Test func otherNamesMeanNothing() {
    for name in ["", " view", "view ", "views", "add-to-cart", "vi\u{0435}w", "refund"] {
      #expect(name.withView { EventType(named: $0) } == nil, "\(name)")
    }
  }
}
