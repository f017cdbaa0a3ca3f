import Bytes
import JSONText
import Recommender
import Session

extension Service {
  /// `POST /events`: adds the events to the session and gives the visitor its new token. A body with an event that does not fit
  /// is refused whole, so that the sender can mend and send it again.
  func events(_ headers: HTTPHeaders, _ body: ByteView, _ reply: inout Reply) throws(Problem) {
    let base = try openBase()
    let visit = try Visit(headers, asOf: base.asOf)
    readSession(visit)
    var events = EventBody(self, base, now: visit.now)
    try events.read(body)
    if visit.mayPersonalise {
      session.sequence &+= 1
      writeToken(&reply.headers, lifetime: max(base.sessionWindow, recommender.marksWindow))
    } else {
      session.clear()
      // Consent that is withdrawn takes the cookie along.
      if visit.token != nil { writeCookie(.empty, lifetime: 0, &reply.headers) }
    }
    reply.headers.append("Cache-Control: no-store\r\n")
    reply.json.beginObject()
    reply.json.member("accepted", Int64(events.count))
    reply.json.member("stored", visit.mayPersonalise)
    reply.json.member("signals", Int64(session.count))
    reply.json.endObject()
  }

  /// The token twice: as a cookie for browsers, as a header for callers without cookies.
  private func writeToken(_ headers: inout ByteWriter, lifetime: UInt32) {
    headers.append("Martlet-Session: ")
    let start = headers.count
    SessionToken.write(session, scratch: scratch, into: &headers)
    let token = headers.view.dropFirst(start)
    headers.append("\r\n")
    writeCookie(token, lifetime: lifetime, &headers)
  }

  private func writeCookie(_ token: ByteView, lifetime: UInt32, _ headers: inout ByteWriter) {
    headers.append("Set-Cookie: ")
    headers.append(Visit.cookie)
    headers.append("=")
    headers.append(token)
    headers.append("; Max-Age=")
    headers.appendDecimal(UInt64(lifetime))
    headers.append("; Path=/; HttpOnly; SameSite=Lax; Secure\r\n")
  }
}
