import Bytes
import Recommender
import Session

/// The visitor's session: where it is read from, and where it is kept.
extension Service {
  /// Who comes, as far as host and consent tell. An id that the query names counts only where the host asserts the same one.
  func visit(_ headers: HTTPHeaders, _ parameters: ByteView, _ base: BaseSnapshot) throws(Problem) -> Visit {
    // From the first host's seed on, so that nobody can choose an id whose row is another's.
    if storeSeed == 0, let seed = headers["martlet-seed"] { storeSeed = hash64(seed, seed: 1, kind: 0) }
    var visit = try Visit(headers, asOf: base.asOf, storeSeed: storeSeed)
    guard visit.userKey | visit.sessionKey != 0 else { return visit }
    var scratch = ByteWriter(decoded)
    var pairs = QueryParameters(parameters)
    while let (name, value) = pairs.next(scratch: &scratch) {
      if name.equals("session_id") { visit.claim(session: value) }
      if name.equals("user_id") { visit.claim(user: value) }
    }
    return visit
  }

  /// Fills `session` from the token or the store, whichever is newer; leaves it empty without consent. What consent no longer
  /// covers leaves the store.
  func readSession(_ visit: Visit) {
    session.clear()
    store?.expire(now: visit.now, lifetime: sessionLifetime)
    if visit.consent != .full { store?.remove(visit.userKey) }
    if visit.consent == .none { store?.remove(visit.sessionKey) }
    guard visit.consent != .none else { return }
    let stored = store?.token(visit.storeKey)
    if let stored { SessionToken.read(stored, scratch: scratch, into: &session) }
    if let token = visit.token {
      let (time, sequence) = (min(session.time, visit.now), session.sequence)
      let isValid = SessionToken.read(token, scratch: scratch, into: &session)
      if let stored, !isValid || !session.isNewer(than: time, sequence, now: visit.now) {
        SessionToken.read(stored, scratch: scratch, into: &session)
      }
    }
    recommender.expire(&session, now: visit.now)
  }

  func record(_ signal: Signal) { recommender.record(signal, in: &session) }

  /// Gives the visitor the changed session, and keeps it for one that the host names.
  func keepSession(_ visit: Visit, _ headers: inout ByteWriter) {
    session.sequence &+= 1
    if session.visit == 0 { session.visit = visit.seed }
    headers.append("Martlet-Session: ")
    let start = headers.count
    SessionToken.write(session, scratch: scratch, into: &headers)
    let token = headers.view.dropFirst(start)
    headers.append("\r\n")
    writeCookie(token, lifetime: sessionLifetime, &headers)
    guard visit.storeKey != 0 else { return }
    let store = store ?? SessionStore()
    self.store = store
    store.keep(session, visit.storeKey, now: visit.now, scratch: scratch)
  }

  /// Takes the cookie back and empties the rows of all ids that the host asserts.
  func forgetSession(_ visit: Visit, _ headers: inout ByteWriter) {
    session.clear()
    store?.remove(visit.userKey)
    store?.remove(visit.sessionKey)
    writeCookie(.empty, lifetime: 0, &headers)
  }

  /// As long as anything in it counts.
  private var sessionLifetime: UInt32 { max(recommender.snapshots.sessionWindow, recommender.marksWindow) }

  /// A token goes out twice: as a cookie for browsers, as a header for callers without cookies.
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

extension Session {
  /// Whether this is the later of two states of a session: by the newest moment, and where that is the same by the sequence,
  /// which goes round.
  fileprivate func isNewer(than time: UInt32, _ sequence: UInt16, now: UInt32) -> Bool {
    let own = min(self.time, now)
    return own == time ? Int16(bitPattern: self.sequence &- sequence) >= 0 : own > time
  }
}
