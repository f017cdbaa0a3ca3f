import Bytes
import JSONText
import Recommender
import Session
import SnapshotFormat

extension Service {
  /// `GET /recommendations`
  func recommendations(_ headers: HTTPHeaders, _ parameters: ByteView, _ reply: inout Reply) throws(Problem) {
    let base = try openBase()
    let visit = try visit(headers, parameters, base)
    try readQuery(parameters, visit.request, base)
    readSession(visit)
    recommender.recommend(query, for: session)
    // What one visitor gets is nobody else's.
    reply.headers.append("Cache-Control: private, no-store\r\n")
    writeAnswer(&reply.json, base, key: headers["martlet-key"])
  }

  private func readQuery(_ text: ByteView, _ request: RequestContext, _ base: BaseSnapshot) throws(Problem) {
    query.reset()
    query.request = request
    var scratch = ByteWriter(decoded)
    var parameters = QueryParameters(text)
    while let (name, value) = parameters.next(scratch: &scratch) {
      if name.equals("context") {
        guard let context = Context(named: value) else {
          throw .badRequest(
            "context is homepage, product, cart, category, search or after_purchase", field: "context")
        }
        query.context = context
      } else if name.equals("n") {
        guard let limit = value.unsignedDecimal(maximum: UInt64(Query.limitMax)), limit > 0 else {
          throw .badRequest("n is a whole number from 1 to 100", field: "n")
        }
        query.limit = Int(limit)
      } else if name.equals("item_id") {
        // An item that this snapshot does not know is no error: it may be new, and the session still says something.
        query.showsItem = true
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
            throw .badRequest("more than 256 items to exclude", field: "exclude")
          }
        }
      }
    }
  }

  private func writeAnswer(_ json: inout JSONWriter, _ base: BaseSnapshot, key: ByteView?) {
    json.beginObject()
    json.key("items")
    json.beginArray()
    for index in recommender.answer.indices { write(recommender.answer[index], &json, base) }
    json.endArray()
    json.member("context", query.context.name)
    json.member("region", orNull: recommender.snapshots.region(serving: query.region)?.code)
    writeSegments(&json, base)
    writeOffers(&json, base, key: key)
    json.member("generation", base.generation)
    json.member("signals", Int64(session.count))
    json.member("work", Int64(recommender.work))
    json.endObject()
  }

  private func write(_ item: Recommendation, _ json: inout JSONWriter, _ base: BaseSnapshot) {
    json.beginObject()
    json.member("item_id", base.id(item.item))
    json.key("score")
    json.fixed(Int64(item.score * 10_000 + 0.5), decimals: 4)
    writeAttributes(item.item, &json, base)
    json.key("reason")
    json.beginObject()
    json.member("source", item.source.name)
    if let because = item.because { json.member("because", base.id(because)) }
    if item.source == .popularity { json.member("level", item.rung.name) }
    json.endObject()
    json.endObject()
  }

  /// What is known of the item; members without a value are left out.
  private func writeAttributes(_ item: UInt32, _ json: inout JSONWriter, _ base: BaseSnapshot) {
    if let text = recommender.snapshots.text {
      json.member("title", unlessEmpty: text.title(item))
      json.member("url", unlessEmpty: text.url(item))
      json.member("image", unlessEmpty: text.image(item))
    }
    if let category = base.category(of: item) { json.member("category", unlessEmpty: base.categoryName(category)) }
    if let price = base.price(of: item) {
      json.key("price")
      json.fixed(Int64(price), decimals: 2)
    }
  }
}

extension JSONWriter {
  @inline(never)
  fileprivate mutating func member(_ key: StaticString, unlessEmpty text: ByteView) {
    if !text.isEmpty { member(key, text) }
  }
}
