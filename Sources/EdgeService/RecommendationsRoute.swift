import Bytes
import JSONText
import Recommender
import Session
import SnapshotFormat

extension Service {
  /// `GET /recommendations`
  func recommendations(_ request: HTTPRequest, _ reply: inout Reply) throws(Problem) {
    guard let base = recommender.snapshots.base else { throw Problem(.unavailable, "no snapshot is open") }
    let visit = try Visit(request.headers, asOf: base.asOf)
    try readQuery(request, visit, base)
    readSession(visit)
    recommender.recommend(query, for: session)
    // What one visitor gets is nobody else's.
    reply.headers.append("Cache-Control: private, no-store\r\n")
    writeAnswer(&reply.json, base)
  }

  private func readQuery(_ request: HTTPRequest, _ visit: Visit, _ base: BaseSnapshot) throws(Problem) {
    query.reset()
    query.region = visit.region
    var scratch = ByteWriter(decoded)
    var parameters = QueryParameters(request.query)
    while let (name, value) = parameters.next(scratch: &scratch) {
      if name.equals("context") {
        guard let context = Context(named: value) else {
          throw Problem(
            .badRequest, "context is homepage, product, cart, category, search or after_purchase", field: "context")
        }
        query.context = context
      } else if name.equals("n") {
        guard let limit = value.unsignedDecimal(maximum: UInt64(Query.limitMax)), limit > 0 else {
          throw Problem(.badRequest, "n is a whole number from 1 to 100", field: "n")
        }
        query.limit = Int(limit)
      } else if name.equals("item_id") {
        // An item that this snapshot does not know is no error: it may be new, and the session still says something.
        query.currentItem = base.item(id: value)
      } else if name.equals("category") {
        query.category = base.category(named: value)
      } else if name.equals("region") {
        query.region = value
      } else if name.equals("exclude") {
        var ids = CommaSeparated(value)
        while let id = ids.next() {
          guard let item = base.item(id: id) else { continue }
          guard query.excluded.append(item) else {
            throw Problem(.badRequest, "more than 256 items to exclude", field: "exclude")
          }
        }
      }
    }
  }

  private func writeAnswer(_ json: inout JSONWriter, _ base: BaseSnapshot) {
    json.beginObject()
    json.key("items")
    json.beginArray()
    for index in 0..<recommender.answer.count { write(recommender.answer[index], &json, base) }
    json.endArray()
    json.key("context")
    json.string(query.context.name)
    json.key("region")
    if let region = recommender.snapshots.region(serving: query.region) {
      json.string(region.code)
    } else {
      json.null()
    }
    json.key("generation")
    json.string(base.generation)
    json.key("signals")
    json.integer(Int64(session.count))
    json.key("work")
    json.integer(Int64(recommender.work))
    json.endObject()
  }

  private func write(_ item: Recommendation, _ json: inout JSONWriter, _ base: BaseSnapshot) {
    json.beginObject()
    json.key("item_id")
    json.string(base.id(item.item))
    json.key("score")
    json.fixed(Int64(item.score * 10_000 + 0.5), decimals: 4)
    writeAttributes(item.item, &json, base)
    json.key("reason")
    json.beginObject()
    json.key("source")
    json.string(item.source.name)
    if let because = item.because {
      json.key("because")
      json.string(base.id(because))
    }
    if item.source == .popularity {
      json.key("level")
      json.string(item.rung.name)
    }
    json.endObject()
    json.endObject()
  }

  /// What is known of the item; members without a value are left out.
  private func writeAttributes(_ item: UInt32, _ json: inout JSONWriter, _ base: BaseSnapshot) {
    func member(_ key: StaticString, _ text: ByteView) {
      guard !text.isEmpty else { return }
      json.key(key)
      json.string(text)
    }
    if let text = recommender.snapshots.text {
      member("title", text.title(item))
      member("url", text.url(item))
      member("image", text.image(item))
    }
    if let category = base.category(of: item) { member("category", base.categoryName(category)) }
    if let price = base.price(of: item) {
      json.key("price")
      json.fixed(Int64(price), decimals: 2)
    }
  }
}
