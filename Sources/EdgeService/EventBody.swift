import Bytes
import JSONText
import Session

/// The events of a request body: one JSON object, an array of them, or NDJSON. Names of the types are Martlet's own
/// or those of GA4, Segment and Mixpanel; an item is named by `item_id` or `product_id`, in the event itself or
/// in the object where those services put it (`properties`, `params`, `ecommerce`), alone or in a list (`items`, `products`).
struct EventBody {
  private let now: UInt32
  private let window: UInt32
  private(set) var count = 0

  init(now: UInt32, window: UInt32) {
    self.now = now
    self.window = window
  }

  /// Calls `record` with each signal, oldest first. `scratch` is room for one decoded string.
  mutating func read(
    _ body: ByteView, scratch: OwnedBytes, name: (ByteView) -> UInt32, record: (Signal) -> Void
  ) throws(Problem) {
    guard let first = body.firstNonSpace else { throw Problem(.badRequest, "the body is empty", field: "body") }
    if body[first] == UInt8(ascii: "[") {
      let array = try EventBody.parse(body, at: 0)
      for event in array.elements { try read(event, scratch, name, record) }
      return
    }
    // An object may be laid out over several lines; where something follows it, each line holds one.
    if let object = try EventBody.single(body) { return try read(object, scratch, name, record) }
    var start = 0
    while start < body.count {
      let end = body.firstIndex(of: 0x0A, from: start) ?? body.count
      let line = body.prefix(end).dropFirst(start)
      if line.firstNonSpace != nil { try read(EventBody.parse(line, at: start), scratch, name, record) }
      start = end + 1
    }
  }

  private static func single(_ text: ByteView) throws(Problem) -> JSONValue? {
    do { return try JSONValue.parse(text) } catch {
      if error.kind == .trailingBytes { return nil }
      throw Problem(.badRequest, error.reason, field: "body", at: ("offset", error.offset))
    }
  }

  private static func parse(_ text: ByteView, at start: Int) throws(Problem) -> JSONValue {
    do { return try JSONValue.parse(text) } catch {
      throw Problem(.badRequest, error.reason, field: "body", at: ("offset", start + error.offset))
    }
  }

  private mutating func read(
    _ event: JSONValue, _ scratch: OwnedBytes, _ name: (ByteView) -> UInt32, _ record: (Signal) -> Void
  ) throws(Problem) {
    func refuse(_ detail: StaticString, _ field: StaticString) -> Problem {
      Problem(.badRequest, detail, field: field, at: ("event", count))
    }
    guard count < Limits.events else { throw refuse("more than 1000 events in one request", "body") }
    guard event.kind == .object else { throw refuse("an event is a JSON object", "body") }
    let typeName = event.member(named: "event") ?? event.member(named: "type")
    guard let typeName, typeName.kind == .string else { throw refuse("the event has no name", "event") }
    guard let type = EventType(named: EventBody.text(typeName, scratch)) else {
      throw refuse("no such type of event", "event")
    }
    guard let time = time(of: event) else {
      throw refuse("not a time in seconds or milliseconds since 1970", "time")
    }
    var items = 0
    func take(_ value: JSONValue) {
      let id = EventBody.text(value, scratch)
      guard !id.isEmpty else { return }
      items += 1
      record(Signal(item: name(id), type: type, time: time))
    }
    EventBody.forEachItem(of: event, take)
    if items == 0 {
      guard type == .search else { throw refuse("the event names no item", "item_id") }
      record(Signal(item: 0, type: type, time: time))
    }
    count += 1
  }

  /// The event's own time where it is inside the window, else the request's; nil where it is no time.
  private func time(of event: JSONValue) -> UInt32? {
    guard let value = event.member(named: "time") ?? event.member(named: "timestamp"), value.kind == .number else {
      // Segment writes ISO 8601 text: the request's own time is near enough.
      return now
    }
    guard var seconds = value.fixed(decimals: 0), seconds >= 0 else { return nil }
    if seconds > Int64(UInt32.max) { seconds /= 1000 }
    guard seconds <= Int64(UInt32.max) else { return nil }
    let time = UInt32(seconds)
    return time <= now && now - time <= window ? time : now
  }

  private static func forEachItem(of event: JSONValue, _ body: (JSONValue) -> Void) {
    func visit(_ object: JSONValue) -> Bool {
      if let id = object.member(named: "item_id") ?? object.member(named: "product_id") {
        body(id)
        return true
      }
      guard let list = object.member(named: "items") ?? object.member(named: "products") else { return false }
      for item in list.elements {
        if let id = item.member(named: "item_id") ?? item.member(named: "product_id") { body(id) }
      }
      return true
    }
    if visit(event) { return }
    for key in 0..<3 {
      let name: StaticString = key == 0 ? "properties" : key == 1 ? "params" : "ecommerce"
      if let inner = event.member(named: name), visit(inner) { return }
    }
  }

  /// A string's bytes, decoded into `scratch` where it holds escapes; a number's digits as they stand.
  private static func text(_ value: JSONValue, _ scratch: OwnedBytes) -> ByteView {
    if value.kind == .number { return value.text }
    if let plain = value.unescapedString { return plain }
    var writer = ByteWriter(scratch)
    value.append(to: &writer)
    return writer.overflowed ? .empty : writer.view
  }
}

extension ByteView {
  fileprivate var firstNonSpace: Int? {
    for index in 0..<count {
      switch self[index] {
      case 0x20, 0x09, 0x0A, 0x0D: continue
      default: return index
      }
    }
    return nil
  }
}
