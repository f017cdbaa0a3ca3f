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
    service.members.read(object)
    guard name == nil, let list = service.members[0, .events, or: .batch], list.kind == .array else {
      return try readEvent(object)
    }
    try readElements(list)
  }

  @inline(never)
  private mutating func readElements(_ list: JSONValue) throws(Problem) {
    var events = list.elements
    while let event = events.next() {
      service.members.read(event)
      try readEvent(event)
    }
  }

  /// Segment's `type` says what kind of call it is, its `event` what happened; GA4 has a `name`.
  private var name: JSONValue? { service.members[0, .event, or: .type] ?? service.members[0, .name] }

  /// Records the event, whose members have been read.
  @inline(never)
  private mutating func readEvent(_ event: JSONValue) throws(Problem) {
    guard accepted &+ ignored < Limits.events else { throw refusal("more than 1000 events in one request", "body") }
    guard event.kind == .object else { throw refusal("an event is a JSON object", "body") }
    guard let name, name.kind == .string else { throw refusal("the event has no name", "event") }
    let word = text(name)
    guard let type = EventType(named: word) else {
      ignored &+= 1
      return
    }
    let isOwnName = word.equalsIgnoringCase(type.name)
    var signal = Signal(item: 0, type: type, time: try time())
    if type == .search {
      signal.item = queryName()
      service.record(signal)
      accepted &+= 1
      return
    }
    signal.value = try value(type)
    items = 0
    for place in Indices(EventMembers.places) {
      if try recordItems(at: place, signal) { break }
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

  /// A number, or a text that is one, times `10^decimals`; nil where the member is not there. Negative ones are refused.
  @inline(never)
  private func number(
    _ name: EventMembers.Name, or other: EventMembers.Name, decimals: Int
  ) throws(Problem) -> Int64? {
    guard let value = service.members.find(name, or: other) else { return nil }
    var number = value
    if let digits = value.unescapedString, let inner = try? JSONValue.parse(digits) { number = inner }
    guard let units = number.fixed(decimals: decimals), units >= 0 else { throw refusal("not a number from 0", name.word) }
    return units
  }

  /// What the event measured, as `Signal.value` holds it; 0 where it does not say.
  private func value(_ type: EventType) throws(Problem) -> UInt16 {
    switch type {
    case .dwell: return try dwell()
    case .rate: return try rating()
    default: return 0
    }
  }

  private func dwell() throws(Problem) -> UInt16 {
    var seconds = try number(.seconds, or: .duration, decimals: 0)
    if seconds == nil {
      seconds = try number(.engagement, or: .milliseconds, decimals: 0).map { $0 / 1000 }
    }
    let depth = try number(.depth, or: .scrolled, decimals: 0)
    return Dwell.value(
      seconds: UInt16(min(seconds ?? 0, Int64(Dwell.secondsMax))), depth: UInt16(min(depth ?? 0, Int64(Dwell.depthMax)))
    )
  }

  /// In hundredths of the scale's top, at least 1.
  private func rating() throws(Problem) -> UInt16 {
    guard let rating = try number(.rating, or: .value, decimals: 2) else { return 0 }
    let top = try number(.scale, or: .ratingScale, decimals: 2) ?? 500
    guard top > 0, top <= EventBody.scaleMax else { throw refusal("not the top of a scale", "scale") }
    guard rating <= top else {
      throw refusal("above the top of its scale, which is 5 where `scale` does not name another", "rating")
    }
    return UInt16(max(1, rating &* Int64(Rating.max) / top))
  }

  /// The hash of what was searched for; 0 where the event does not say.
  private func queryName() -> UInt32 {
    guard let query = service.members.find(.query, or: .searchTerm), query.kind == .string else { return 0 }
    let words = text(query).trimmed
    // Decoded parameters are done with.
    var lowercase = ByteWriter(service.decoded)
    for index in words.indices { lowercase.append(asciiLowercased(words[index])) }
    return words.isEmpty ? 0 : hash32(lowercase.view)
  }

  /// The event's own time where it is inside the window, else the request's.
  private func time() throws(Problem) -> UInt32 {
    guard let value = service.members.find(.time, or: .timestamp) else { return now }
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

  /// Records `signal` for each item that is named at `place`; false where nothing there is for items.
  @inline(never)
  private mutating func recordItems(at place: Int, _ signal: Signal) throws(Problem) -> Bool {
    if let id = service.members[place, .itemID, or: .productID] {
      try record(id, signal)
      return true
    }
    guard let list = service.members[place, .items, or: .products] else { return false }
    var items = list.elements
    while let item = items.next() {
      if let id = item.member(named: "item_id") ?? item.member(named: "product_id") { try record(id, signal) }
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
