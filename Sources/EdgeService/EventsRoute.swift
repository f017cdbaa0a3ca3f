import Bytes
import JSONText
import Recommender
import Session

extension Service {
  /// `POST /events`: adds the events to the session and gives the visitor its new token. A body with an event that does not fit
  /// is refused whole, so that the sender can mend and send it again.
  func events(_ request: HTTPRequest, _ reply: inout Reply) throws(Problem) {
    let base = try openBase()
    let visit = try visit(request.headers, request.query, base)
    readSession(visit)
    var events = EventBody(self, base, now: visit.now)
    try events.read(request.body)
    if visit.mayPersonalise {
      keepSession(visit, &reply.headers)
    } else {
      session.clear()
      // Consent that is withdrawn takes the cookie along.
      if visit.token != nil { forgetSession(visit, &reply.headers) }
    }
    reply.headers.append("Cache-Control: no-store\r\n")
    reply.json.beginObject()
    reply.json.member("accepted", Int64(events.accepted))
    reply.json.member("ignored", Int64(events.ignored))
    reply.json.member("stored", visit.mayPersonalise)
    reply.json.member("signals", Int64(session.count))
    reply.json.member("sequence", Int64(session.sequence))
    reply.json.endObject()
  }
}
