import Bytes
import JSONText

/// The members that events are made of, found in one walk over an event and one over each object where services put what it says:
/// whatever else a body holds is passed once.
struct EventMembers: ~Copyable {
  enum Name: UInt8 {
    case event, type, name, events, batch, properties, params, ecommerce
    case itemID, productID, items, products
    case seconds, duration, engagement, milliseconds, depth, scrolled
    case rating, value, scale, ratingScale
    case query, searchTerm, time, timestamp

    static let count = 26

    var word: StaticString {
      switch self {
      case .event: "event"
      case .type: "type"
      case .name: "name"
      case .events: "events"
      case .batch: "batch"
      case .properties: "properties"
      case .params: "params"
      case .ecommerce: "ecommerce"
      case .itemID: "item_id"
      case .productID: "product_id"
      case .items: "items"
      case .products: "products"
      case .seconds: "seconds"
      case .duration: "duration"
      case .engagement: "engagement_time_msec"
      case .milliseconds: "duration_ms"
      case .depth: "scroll_depth"
      case .scrolled: "percent_scrolled"
      case .rating: "rating"
      case .value: "value"
      case .scale: "scale"
      case .ratingScale: "rating_scale"
      case .query: "query"
      case .searchTerm: "search_term"
      case .time: "time"
      case .timestamp: "timestamp"
      }
    }
  }

  /// The event itself, and then what stands in its `properties`, `params` and `ecommerce`.
  static let places = 4

  /// By place and name.
  private var values = FixedArray<JSONValue?>(repeating: nil, count: EventMembers.places * Name.count)

  /// The member `name` at `place`: the last one where a name is repeated, as JavaScript reads it.
  subscript(_ place: Int, _ name: Name) -> JSONValue? { values[place &* Name.count &+ Int(name.rawValue)] }

  /// The first of two names, of which the other is what other services call the same thing.
  @inline(never)
  subscript(_ place: Int, _ name: Name, or other: Name) -> JSONValue? { self[place, name] ?? self[place, other] }

  /// The member of one of these names, in the event or in what it holds; nil also where it is null.
  @inline(never)
  func find(_ name: Name, or other: Name) -> JSONValue? {
    for place in Indices(EventMembers.places) {
      if let found = self[place, name, or: other], !found.isNull { return found }
    }
    return nil
  }

  @inline(never)
  mutating func read(_ event: JSONValue) {
    note(event, 0)
    note(self[0, .properties], 1)
    note(self[0, .params], 2)
    note(self[0, .ecommerce], 3)
  }

  @inline(never)
  private mutating func note(_ object: JSONValue?, _ place: Int) {
    let first = place &* Name.count
    for index in Indices(Name.count) { values[first &+ index] = nil }
    guard var members = object?.members else { return }
    while let member = members.next() {
      // Looked through for escapes once, not for each name.
      let plain = member.key.unescapedString
      for index in Indices(Name.count) {
        guard let word = Name(rawValue: UInt8(truncatingIfNeeded: index)).map({ ByteView($0.word) }),
          plain?.equals(word) ?? member.key.equals(word)
        else { continue }
        values[first &+ index] = member.value
        break
      }
    }
  }
}
