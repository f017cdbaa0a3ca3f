import Bytes
import JSONText
import Recommender
import SnapshotFormat

/// One of several answers to one request.
struct Placement: BitwiseCopyable {
  let context: Context
  let limit: Int
}

extension Service {
  /// `homepage:4,product:10`: contexts, each with a number of items or that of its recipe.
  func readPlacements(_ text: ByteView, _ base: BaseSnapshot) throws(Problem) {
    placements.removeAll()
    var total = 0
    var parts = CommaSeparated(text)
    while var part = parts.next() {
      guard let context = Context(named: part.removeField(before: UInt8(ascii: ":")).trimmed) else {
        throw .badRequest(Context.allNames, field: "placements")
      }
      var limit = Int(base.recipe(context).limit)
      if !part.isEmpty {
        guard let number = part.trimmed.unsignedDecimal(maximum: UInt64(Query.limitMax)), number > 0 else {
          throw .badRequest(
            "a placement is a context, or a context, a colon and a whole number from 1 to 100", field: "placements")
        }
        limit = Int(number)
      }
      total &+= limit
      guard total <= Query.limitMax, placements.append(Placement(context: context, limit: limit)) else {
        throw .badRequest("more than 8 placements, or more than 100 items in all", field: "placements")
      }
    }
    if placements.isEmpty { throw .badRequest("no placement is named", field: "placements") }
  }

  /// An answer for each placement, in their order, none with an item of an earlier one.
  func writePlacements(_ json: inout JSONWriter, _ base: BaseSnapshot, key: ByteView?) {
    json.beginObject()
    for index in placements.indices {
      (query.context, query.limit) = (placements[index].context, placements[index].limit)
      query.answersToCome = placements.count &- index &- 1
      recommender.recommend(query, for: session)
      if index == 0 {
        // The first placement names the page: rules that ask for one are judged by it.
        writeFacts(&json, base, key: key)
        json.key("placements")
        json.beginArray()
      }
      json.beginObject()
      writeItems(&json, base)
      json.member("context", query.context.name)
      json.member("work", Int64(recommender.work))
      json.endObject()
      for rank in recommender.answer.indices { query.placed.append(recommender.answer[rank].item) }
    }
    json.endArray()
    json.endObject()
  }
}
