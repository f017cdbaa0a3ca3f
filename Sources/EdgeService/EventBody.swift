import Bytes
import JSONText
import Recommender
import Session

/// The events of a request body: one JSON object, an array of them, or NDJSON. Names of the types are Martlet's own
/// or those of GA4, Segment and Mixpanel; an item is named by `item_id` or `product_id`, in the event itself or
/// in the object where those services put it (`properties`, `params`, `ecommerce`), alone or in a list (`items`, `products`).
struct EventBody {
  let service: Service
  let base: BaseSnapshot
  let now: UInt32
  private(set) var count = 0
  /// Items of the current event that have been recorded.
  private var items = 0

  init(_ service: Service, _ base: BaseSnapshot, now: UInt32) {
    self.service = service
    self.base = base
    self.now = now
  }

  /// Records each event in the service's session, oldest first.
  mutating func read(_ body: ByteView) throws(Problem) {
    guard let first = body.firstNonSpace else { throw .badRequest("the body is empty", field: "body") }
    if body[first] == UInt8(ascii: "[") {
      var events = try EventBody.parse(body, at: 0).elements
      while let event = events.next() { try read(event) }
      return
    }
    // An object may be laid out over several lines; where something follows it, each line holds one.
    if let object = try EventBody.single(body) { return try read(object) }
    var rest = body
    while !rest.isEmpty {
      let start = body.count &- rest.count
      let line = rest.removeField(before: 0x0A)
      if line.firstNonSpace != nil { try read(EventBody.parse(line, at: start)) }
    }
  }

  private static func single(_ text: ByteView) throws(Problem) -> JSONValue? {
    do { return try JSONValue.parse(text) } catch {
      if error.kind == .trailingBytes { return nil }
      throw refusal(error, 0)
    }
  }

  private static func parse(_ text: ByteView, at start: Int) throws(Problem) -> JSONValue {
    do { return try JSONValue.parse(text) } catch {
      throw refusal(error, start)
    }
  }

  private static func refusal(_ error: JSONError, _ start: Int) -> Problem {
    .badRequest(error.reason, field: "body", at: .offset(start &+ error.offset))
  }

  @inline(never)
  private mutating func read(_ event: JSONValue) throws(Problem) {
    guard count < Limits.events else { throw refusal("more than 1000 events in one request", "body") }
    guard event.kind == .object else { throw refusal("an event is a JSON object", "body") }
    guard let name = event.member(named: "event", or: "type"), name.kind == .string else {
      throw refusal("the event has no name", "event")
    }
    guard let type = EventType(named: text(name)) else { throw refusal("no such type of event", "event") }
    guard let time = time(of: event) else {
      throw refusal("not a time in seconds or milliseconds since 1970", "time")
    }
    items = 0
    let none = Signal(item: 0, type: type, time: time)
    if !recordItems(of: event, none) {
      for place in 0..<3 {
        let name: StaticString = place == 0 ? "properties" : place == 1 ? "params" : "ecommerce"
        if let inner = event.member(named: name), recordItems(of: inner, none) { break }
      }
    }
    if items == 0 {
      guard type == .search else { throw refusal("the event names no item", "item_id") }
      service.record(none)
    }
    count &+= 1
  }

  private func refusal(_ detail: StaticString, _ field: StaticString) -> Problem {
    .badRequest(detail, field: field, at: .event(count))
  }

  /// The event's own time where it is inside the window, else the request's; nil where it is no time.
  private func time(of event: JSONValue) -> UInt32? {
    guard let value = event.member(named: "time", or: "timestamp") else { return now }
    // Segment writes ISO 8601 text: the request's own time is near enough.
    if value.kind == .string || value.isNull { return now }
    guard value.kind == .number, var seconds = value.fixed(decimals: 0), seconds >= 0 else { return nil }
    if seconds > Int64(UInt32.max) { seconds /= 1000 }
    guard let time = UInt32(exactly: seconds) else { return nil }
    return time <= now && now &- time <= base.sessionWindow ? time : now
  }

  /// Records `signal` for each item that `object` names; false where it has no place for items.
  @inline(never)
  private mutating func recordItems(of object: JSONValue, _ signal: Signal) -> Bool {
    if let id = object.itemID {
      record(id, signal)
      return true
    }
    guard let list = object.member(named: "items", or: "products") else { return false }
    var items = list.elements
    while let item = items.next() {
      if let id = item.itemID { record(id, signal) }
    }
    return true
  }

  @inline(never)
  private mutating func record(_ value: JSONValue, _ signal: Signal) {
    let id = text(value)
    guard !id.isEmpty else { return }
    items &+= 1
    service.record(Signal(item: base.name(ofID: id), type: signal.type, time: signal.time))
  }

  /// A string's bytes, decoded into `scratch` where it holds escapes; a number's digits as they stand.
  private func text(_ value: JSONValue) -> ByteView {
    if value.kind == .number { return value.text }
    if let plain = value.unescapedString { return plain }
    var writer = ByteWriter(service.scratch)
    value.append(to: &writer)
    return writer.overflowed ? .empty : writer.view
  }
}

extension JSONValue {
  fileprivate var itemID: JSONValue? { member(named: "item_id", or: "product_id") }

  /// The first name is Martlet's, the second what other services call the same thing.
  @inline(never)
  fileprivate func member(named name: StaticString, or other: StaticString) -> JSONValue? {
    member(named: name) ?? member(named: other)
  }
}

extension ByteView {
  fileprivate var firstNonSpace: Int? {
    for index in indices {
      switch self[index] {
      case 0x20, 0x09, 0x0A, 0x0D: continue
      default: return index
      }
    }
    return nil
  }
}
