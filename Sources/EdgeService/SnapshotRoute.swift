import Bytes
import JSONText
import Recommender
import SnapshotFormat

extension Service {
  /// `GET /snapshot`: which generation answers, how old its newest event is, what it holds.
  func snapshot(_ headers: HTTPHeaders, _ reply: inout Reply) throws(Problem) {
    let base = try openBase()
    let visit = try Visit(headers, asOf: base.asOf)
    reply.headers.append("Cache-Control: no-store\r\n")
    reply.json.beginObject()
    reply.json.member("generation", base.generation)
    reply.json.member("format", Int64(FormatVersion.current))
    reply.json.member("as_of", Int64(base.asOf))
    reply.json.member("age_seconds", max(0, Int64(visit.now) - Int64(base.asOf)))
    reply.json.member("items", Int64(base.items))
    reply.json.member("shown", Int64(base.shown))
    reply.json.member("dimensions", Int64(base.dimensions))
    reply.json.member("texts", recommender.snapshots.text != nil)
    reply.json.key("regions")
    reply.json.beginArray()
    var next = recommender.snapshots.regions
    while let region = next {
      reply.json.beginObject()
      reply.json.member("code", region.code)
      reply.json.member("parent", orNull: region.parent)
      reply.json.member("people", Int64(region.people))
      reply.json.endObject()
      next = region.next
    }
    reply.json.endArray()
    reply.json.endObject()
  }

  /// `GET /healthz`: 200 once a base is open.
  func health(_ reply: inout Reply) throws(Problem) {
    let base = try openBase()
    reply.headers.append("Cache-Control: no-store\r\n")
    reply.json.beginObject()
    reply.json.member("status", "ok")
    reply.json.member("generation", base.generation)
    reply.json.endObject()
  }
}
