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
    placements.removeAll()
    try readQuery(parameters, visit.request, base)
    query.user = try userRow(visit, headers, base)
    readSession(visit)
    // What one visitor gets is nobody else's.
    reply.headers.append("Cache-Control: private, no-store\r\n")
    let key = headers["martlet-key"]
    placements.isEmpty ? writeAnswer(&reply.json, base, key: key) : writePlacements(&reply.json, base, key: key)
  }

  private func readQuery(_ text: ByteView, _ request: RequestContext, _ base: BaseSnapshot) throws(Problem) {
    query.reset()
    query.request = request
    query.limit = 0
    var scratch = ByteWriter(decoded)
    var parameters = QueryParameters(text)
    while let (name, value) = parameters.next(scratch: &scratch) {
      if name.equals("context") {
        guard let context = Context(named: value) else {
          throw .badRequest(Context.allNames, field: "context")
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
      } else if name.equals("q") {
        query.search(value, scratch: &scratch)
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
      } else if name.equals("placements") {
        try readPlacements(value, base)
      } else {
        try readControl(name, value, base)
      }
    }
    if query.limit == 0 { query.limit = Int(base.recipe(query.context).limit) }
    guard query.lowest <= query.highest else {
      throw .badRequest("max_price is below min_price", field: "max_price")
    }
  }

  private func writeAnswer(_ json: inout JSONWriter, _ base: BaseSnapshot, key: ByteView?) {
    recommender.recommend(query, for: session)
    json.beginObject()
    writeItems(&json, base)
    json.member("context", query.context.name)
    writeFacts(&json, base, key: key)
    json.member("work", Int64(recommender.work))
    json.endObject()
  }

  func writeItems(_ json: inout JSONWriter, _ base: BaseSnapshot) {
    json.key("items")
    json.beginArray()
    for index in recommender.answer.indices { write(recommender.answer[index], &json, base) }
    json.endArray()
    if !query.terms.isEmpty { json.member("matches", Int64(recommender.matches)) }
  }

  /// What holds for the request as a whole.
  func writeFacts(_ json: inout JSONWriter, _ base: BaseSnapshot, key: ByteView?) {
    json.member("region", orNull: recommender.snapshots.region(serving: query.region)?.code)
    writeSegments(&json, base)
    writeOffers(&json, base, key: key)
    json.member("generation", base.generation)
    json.member("signals", Int64(session.count))
  }

  private func write(_ item: Recommendation, _ json: inout JSONWriter, _ base: BaseSnapshot) {
    json.beginObject()
    json.member("item_id", base.id(item.item))
    json.key("score")
    json.fixed(Int64(item.score * 10_000 + 0.5), decimals: 4)
    writeAttributes(item.item, &json, base)
    if item.slot == .sponsored { json.member("sponsored", true) }
    json.key("reason")
    json.beginObject()
    if item.slot != .ranked {
      json.member("source", item.slot == .pinned ? "pinned" : "sponsored")
    } else {
      json.member("source", item.source.name)
      if let because = item.because { json.member("because", base.id(because)) }
      if item.source == .popularity { json.member("level", item.rung.name) }
      if item.source == .search { json.member("term", query.terms[Int(item.term)]) }
    }
    json.endObject()
    json.endObject()
  }

  /// What is known of the item; members without a value are left out.
  private func writeAttributes(_ item: UInt32, _ json: inout JSONWriter, _ base: BaseSnapshot) {
    if let texts = recommender.snapshots.text?.texts(of: item) {
      json.member("title", unlessEmpty: texts.title)
      json.member("url", unlessEmpty: texts.url)
      json.member("image", unlessEmpty: texts.image)
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
