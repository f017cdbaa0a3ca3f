import Bytes
import JSONText
import Recommender
import SnapshotFormat

extension Service {
  /// `GET /snapshot`: which generation answers, how old its newest event is, what it holds.
  func snapshot(_ request: HTTPRequest, _ reply: inout Reply) throws(Problem) {
    guard let base = recommender.snapshots.base else { throw Problem(.unavailable, "no snapshot is open") }
    let visit = try Visit(request.headers, asOf: base.asOf)
    reply.headers.append("Cache-Control: no-store\r\n")
    func number(_ key: StaticString, _ value: UInt32) {
      reply.json.key(key)
      reply.json.unsigned(UInt64(value))
    }
    reply.json.beginObject()
    reply.json.key("generation")
    reply.json.string(base.generation)
    number("format", FormatVersion.current)
    number("as_of", base.asOf)
    number("age_seconds", visit.now > base.asOf ? visit.now - base.asOf : 0)
    number("items", base.items)
    number("shown", base.shown)
    number("dimensions", UInt32(base.dimensions))
    reply.json.key("texts")
    reply.json.bool(recommender.snapshots.text != nil)
    reply.json.key("regions")
    reply.json.beginArray()
    for region in recommender.snapshots.regions {
      reply.json.beginObject()
      reply.json.key("code")
      reply.json.string(region.code)
      reply.json.key("parent")
      if let parent = region.parent { reply.json.string(parent) } else { reply.json.null() }
      number("people", region.people)
      reply.json.endObject()
    }
    reply.json.endArray()
    reply.json.endObject()
  }

  /// `GET /healthz`: 200 once a base is open.
  func health(_ reply: inout Reply) throws(Problem) {
    guard let base = recommender.snapshots.base else { throw Problem(.unavailable, "no snapshot is open") }
    reply.headers.append("Cache-Control: no-store\r\n")
    reply.json.beginObject()
    reply.json.key("status")
    reply.json.string("ok")
    reply.json.key("generation")
    reply.json.string(base.generation)
    reply.json.endObject()
  }
}
