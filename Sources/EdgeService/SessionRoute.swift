import Bytes
import JSONText
import Recommender
import Session
import SnapshotFormat

extension Service {
  /// `GET /session`: all that is held on this visitor, and what follows from it.
  func showSession(_ request: HTTPRequest, _ reply: inout Reply) throws(Problem) {
    let base = try openBase()
    let visit = try visit(request.headers, request.query, base)
    readSession(visit)
    profile.derive(session, now: visit.now, in: base)
    query.reset()
    query.request = visit.request
    query.user = try userRow(visit, request.headers, base)
    recommender.recommend(query, for: session)
    reply.headers.append("Cache-Control: private, no-store\r\n")
    reply.json.beginObject()
    reply.json.member("consent", visit.consent.name)
    reply.json.member("sequence", Int64(session.sequence))
    reply.json.member("visit", hexadecimal(session.visit, digits: 8))
    reply.json.key("signals")
    reply.json.beginArray()
    for age in session.indices { write(session.newest(age), &reply.json, base) }
    reply.json.endArray()
    reply.json.key("marks")
    reply.json.beginArray()
    for index in session.marks.indices { write(session.marks[index], &reply.json) }
    reply.json.endArray()
    writeHistory(&reply.json, base)
    write(profile, &reply.json, base)
    writeSegments(&reply.json, base)
    reply.json.member("generation", base.generation)
    reply.json.endObject()
  }

  /// `DELETE /session`: forgets the visitor, whatever the consent.
  func deleteSession(_ request: HTTPRequest, _ reply: inout Reply) throws(Problem) {
    let base = try openBase()
    forgetSession(try visit(request.headers, request.query, base), &reply.headers)
    reply.headers.append("Cache-Control: no-store\r\n")
    reply.json.beginObject()
    reply.json.member("forgotten", true)
    reply.json.endObject()
  }

  private func write(_ signal: Signal, _ json: inout JSONWriter, _ base: BaseSnapshot) {
    json.beginObject()
    json.member("event", signal.type.name)
    if signal.type == .search {
      if signal.item != 0 { json.member("query", hexadecimal(signal.item, digits: 8)) }
    } else if let item = base.item(name: signal.item) {
      json.member("item_id", base.id(item))
    } else {
      json.member("item", hexadecimal(signal.item, digits: 8))
    }
    json.member("time", Int64(signal.time))
    if signal.type == .dwell {
      json.member("seconds", Int64(Dwell.seconds(signal.value)))
      json.member("scroll_depth", Int64(Dwell.depth(signal.value)))
    } else if signal.type == .rate, signal.value > 0 {
      json.key("rating")
      json.fixed(Int64(signal.value), decimals: 2)
    }
    json.endObject()
  }

  private func write(_ mark: Mark, _ json: inout JSONWriter) {
    json.beginObject()
    json.member(
      "counter", mark.counter == Mark.visit ? ByteView("visit") : hexadecimal(UInt32(mark.counter), digits: 4))
    json.member("time", Int64(mark.time))
    json.endObject()
  }

  private func write(_ profile: borrowing Profile, _ json: inout JSONWriter, _ base: BaseSnapshot) {
    json.key("profile")
    json.beginObject()
    json.key("events")
    json.beginObject()
    var code: UInt8 = 1
    while let type = EventType(rawValue: code) {
      if profile.events(type) > 0 { json.member(type.name, Int64(profile.events(type))) }
      code &+= 1
    }
    json.endObject()
    json.key("idle_seconds")
    if let seconds = profile.idleSeconds { json.integer(Int64(seconds)) } else { json.null() }
    json.member("visits", Int64(profile.visits))
    json.member("returning", profile.isReturning)
    write(.category, "categories", profile, &json, base)
    write(.brand, "brands", profile, &json, base)
    write(.tag, "tags", profile, &json, base)
    json.member("price_level", orNull: profile.priceLevel.map { ByteView($0.name) })
    json.key("price")
    if let price = profile.price { json.fixed(Int64(price), decimals: 2) } else { json.null() }
    write(.addToCart, "cart", profile, &json, base)
    write(.purchase, "purchases", profile, &json, base)
    json.endObject()
  }

  /// The strongest interests of one kind, each with its share.
  private func write(
    _ kind: AttributeKey.Kind, _ name: StaticString, _ profile: borrowing Profile, _ json: inout JSONWriter,
    _ base: BaseSnapshot
  ) {
    json.key(name)
    json.beginArray()
    for index in profile.interests.indices where profile.interests[index].key.kind == kind {
      json.beginObject()
      json.member("name", base.attributeName(profile.interests[index].key))
      json.key("share")
      json.fixed(Int64(profile.interests[index].share * 100 + 0.5), decimals: 2)
      json.endObject()
    }
    json.endArray()
  }

  /// The items that are in the cart, or that were bought.
  private func write(
    _ type: EventType, _ name: StaticString, _ profile: borrowing Profile, _ json: inout JSONWriter,
    _ base: BaseSnapshot
  ) {
    json.key(name)
    json.beginArray()
    for index in profile.taken.indices where profile.taken[index].type == type {
      if let item = base.item(name: profile.taken[index].item) {
        json.string(base.id(item))
      } else {
        json.null()
      }
    }
    json.endArray()
  }

  /// Valid until the next use of `scratch`.
  func hexadecimal(_ value: UInt32, digits: UInt32) -> ByteView {
    var writer = ByteWriter(scratch)
    for digit in 0..<digits {
      let nibble = UInt8(value >> (4 * (digits - 1 - digit)) & 15)
      writer.append(nibble < 10 ? 0x30 + nibble : 0x57 + nibble)
    }
    return writer.view
  }
}

extension BaseSnapshot {
  /// The name of a category, brand or tag.
  fileprivate func attributeName(_ key: AttributeKey) -> ByteView {
    let value = UInt16(truncatingIfNeeded: key.value)
    switch key.kind {
    case .category: return categoryName(value)
    case .brand: return brandName(value)
    default: return tagName(value)
    }
  }
}
