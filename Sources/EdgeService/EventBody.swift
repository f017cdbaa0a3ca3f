import Bytes
import JSONText
import Recommender
import Session

/// The events of a request body: one JSON object, an array of them, NDJSON, or an object that holds them under `events` (GA4) or
/// `batch` (Segment). Names of the types are Martlet's own or those of GA4, Segment and Mixpanel; what an event says stands in the
/// event itself or in the object where those services put it (`properties`, `params`, `ecommerce`).
struct EventBody {
  let service: Service
  let base: BaseSnapshot
  let now: UInt32
  /// Events that are in the session now.
  private(set) var accepted = 0
  /// Events of other types, and those of another service's that are about no item.
  private(set) var ignored = 0
  /// Items of the current event that have been recorded.
  private var items = 0
  /// Of all events so far: each is work, and a line in a log.
  private var recorded = 0
  /// Where the events are written, as they were understood.
  private var echo: JSONWriter?

  /// The largest top of a scale of ratings, in hundredths.
  private static let scaleMax: Int64 = 100_000_000

  /// - Parameter echo: gets member `events`; nil: they are only recorded.
  init(_ service: Service, _ base: BaseSnapshot, now: UInt32, echo: JSONWriter?) {
    self.service = service
    self.base = base
    self.now = now
    self.echo = echo
    self.echo?.key("events")
    self.echo?.beginArray()
  }

  /// The writer that was given, with all events.
  mutating func finishedEcho() -> JSONWriter? {
    echo?.endArray()
    return echo
  }

  /// Records each event in the service's session, oldest first.
  mutating func read(_ body: ByteView) throws(Problem) {
    guard let first = body.firstNonSpace else { throw .badRequest("the body is empty", field: "body") }
    if body[first] == UInt8(ascii: "[") { return try readElements(EventBody.parse(body, at: 0)) }
    // An object may be laid out over several lines; where something follows it, each line holds one.
    if let object = try EventBody.single(body) { return try readObject(object) }
    var rest = body
    while !rest.isEmpty {
      let start = body.count &- rest.count
      let line = rest.removeField(before: 0x0A)
      if line.firstNonSpace != nil { try readObject(EventBody.parse(line, at: start)) }
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

  /// An event, or an envelope of them, which has no name of its own.
  private mutating func readObject(_ object: JSONValue) throws(Problem) {
    guard object.eventName == nil, let list = object.member(named: "events", or: "batch"), list.kind == .array else {
      return try readEvent(object)
    }
    try readElements(list)
  }

  @inline(never)
  private mutating func readElements(_ list: JSONValue) throws(Problem) {
    var events = list.elements
    while let event = events.next() { try readEvent(event) }
  }

  @inline(never)
  private mutating func readEvent(_ event: JSONValue) throws(Problem) {
    guard accepted &+ ignored < Limits.events else { throw refusal("more than 1000 events in one request", "body") }
    guard event.kind == .object else { throw refusal("an event is a JSON object", "body") }
    guard let name = event.eventName, name.kind == .string else { throw refusal("the event has no name", "event") }
    let word = text(name)
    guard let type = EventType(named: word) else {
      ignored &+= 1
      return
    }
    let isOwnName = word.equalsIgnoringCase(type.name)
    var signal = Signal(item: 0, type: type, time: try time(of: event))
    if type == .search {
      signal.item = queryName(event)
      service.record(signal)
      accepted &+= 1
      return
    }
    signal.value = try value(of: event, type)
    items = 0
    if try !recordItems(of: event, signal) {
      for place in Indices(EventBody.places) {
        if let inner = EventBody.inner(event, place), try recordItems(of: inner, signal) { break }
      }
    }
    // Other services' streams are full of pages and screens; who uses Martlet's own names means an item.
    if items > 0 {
      accepted &+= 1
    } else if isOwnName {
      throw refusal("the event names no item", "item_id")
    } else {
      ignored &+= 1
    }
  }

  private func refusal(_ detail: StaticString, _ field: StaticString) -> Problem {
    .badRequest(detail, field: field, at: .event(accepted &+ ignored))
  }

  // MARK: Members

  private static let places = 3

  /// Where services put what an event says.
  private static func inner(_ event: JSONValue, _ place: Int) -> JSONValue? {
    event.member(named: place == 0 ? "properties" : place == 1 ? "params" : "ecommerce")
  }

  /// The member of one of these names, in the event or in what it holds; nil also where it is null.
  @inline(never)
  private func find(_ name: StaticString, _ other: StaticString, in event: JSONValue) -> JSONValue? {
    if let own = event.member(named: name, or: other), !own.isNull { return own }
    for place in Indices(EventBody.places) {
      if let found = EventBody.inner(event, place)?.member(named: name, or: other), !found.isNull { return found }
    }
    return nil
  }

  /// A number, or a text that is one, times `10^decimals`; nil where the member is not there. Negative ones are refused.
  @inline(never)
  private func number(
    _ name: StaticString, _ other: StaticString, in event: JSONValue, decimals: Int
  ) throws(Problem) -> Int64? {
    guard let value = find(name, other, in: event) else { return nil }
    var number = value
    if let digits = value.unescapedString, let inner = try? JSONValue.parse(digits) { number = inner }
    guard let units = number.fixed(decimals: decimals), units >= 0 else { throw refusal("not a number from 0", name) }
    return units
  }

  /// What the event measured, as `Signal.value` holds it; 0 where it does not say.
  private func value(of event: JSONValue, _ type: EventType) throws(Problem) -> UInt16 {
    switch type {
    case .dwell: return try dwell(event)
    case .rate: return try rating(event)
    default: return 0
    }
  }

  private func dwell(_ event: JSONValue) throws(Problem) -> UInt16 {
    var seconds = try number("seconds", "duration", in: event, decimals: 0)
    if seconds == nil {
      seconds = try number("engagement_time_msec", "duration_ms", in: event, decimals: 0).map { $0 / 1000 }
    }
    let depth = try number("scroll_depth", "percent_scrolled", in: event, decimals: 0)
    return Dwell.value(
      seconds: UInt16(min(seconds ?? 0, Int64(Dwell.secondsMax))), depth: UInt16(min(depth ?? 0, Int64(Dwell.depthMax)))
    )
  }

  /// In hundredths of the scale's top, at least 1.
  private func rating(_ event: JSONValue) throws(Problem) -> UInt16 {
    guard let rating = try number("rating", "value", in: event, decimals: 2) else { return 0 }
    let top = try number("scale", "rating_scale", in: event, decimals: 2) ?? 500
    guard top > 0, top <= EventBody.scaleMax else { throw refusal("not the top of a scale", "scale") }
    guard rating <= top else {
      throw refusal("above the top of its scale, which is 5 where `scale` does not name another", "rating")
    }
    return UInt16(max(1, rating &* Int64(Rating.max) / top))
  }

  /// The hash of what was searched for; 0 where the event does not say.
  private func queryName(_ event: JSONValue) -> UInt32 {
    guard let query = find("query", "search_term", in: event), query.kind == .string else { return 0 }
    let words = text(query).trimmed
    // Decoded parameters are done with.
    var lowercase = ByteWriter(service.decoded)
    for index in words.indices { lowercase.append(asciiLowercased(words[index])) }
    return words.isEmpty ? 0 : hash32(lowercase.view)
  }

  /// The event's own time where it is inside the window, else the request's.
  private func time(of event: JSONValue) throws(Problem) -> UInt32 {
    guard let value = find("time", "timestamp", in: event) else { return now }
    // Segment writes ISO 8601 text: the request's own time is near enough.
    if value.kind == .string { return now }
    guard var seconds = value.fixed(decimals: 0), seconds >= 0 else {
      throw refusal("not a time in seconds or milliseconds since 1970", "time")
    }
    if seconds > Int64(UInt32.max) { seconds /= 1000 }
    guard let time = UInt32(exactly: seconds) else {
      throw refusal("not a time in seconds or milliseconds since 1970", "time")
    }
    return time <= now && now &- time <= base.sessionWindow ? time : now
  }

  // MARK: Items

  /// Records `signal` for each item that `object` names; false where it has no place for items.
  @inline(never)
  private mutating func recordItems(of object: JSONValue, _ signal: Signal) throws(Problem) -> Bool {
    if let id = object.itemID {
      try record(id, signal)
      return true
    }
    guard let list = object.member(named: "items", or: "products") else { return false }
    var items = list.elements
    while let item = items.next() {
      if let id = item.itemID { try record(id, signal) }
    }
    return true
  }

  @inline(never)
  private mutating func record(_ value: JSONValue, _ signal: Signal) throws(Problem) {
    let id = text(value)
    guard EventBody.isID(id) else { return }
    items &+= 1
    recorded &+= 1
    guard recorded <= Limits.events else { throw refusal("more than 1000 items in one request", "items") }
    var signal = signal
    signal.item = base.name(ofID: id)
    service.record(signal)
    if echo != nil { write(signal, id) }
  }

  /// Whether `martlet build` would take the id: what goes into an event log has to come out of it.
  private static func isID(_ id: ByteView) -> Bool {
    guard !id.isEmpty, id.count <= 255 else { return false }
    for index in id.indices where id[index] < 0x20 || id[index] == 0x7F { return false }
    return true
  }

  /// One event with one item, in the columns that `martlet build` reads.
  @inline(never)
  private mutating func write(_ signal: Signal, _ id: ByteView) {
    echo?.beginObject()
    echo?.member("event", signal.type.name)
    echo?.member("item_id", id)
    echo?.member("time", Int64(signal.time))
    echo?.endObject()
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

  /// Segment's `type` says what kind of call it is, its `event` what happened; GA4 has a `name`.
  fileprivate var eventName: JSONValue? { member(named: "event", or: "type") ?? member(named: "name") }

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
