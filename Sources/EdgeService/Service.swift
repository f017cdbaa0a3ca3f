import Bytes
import JSONText
import Recommender
import SQLiteReader
import Session
import SnapshotFormat

/// The scorer as hosts see it: opens snapshot files, answers request messages. Every answer is right on a fresh instance; what
/// an instance remembers between requests is only its memory, laid out once.
public final class Service {
  let recommender = Recommender()
  var session = Session()
  var query = Query()
  var profile = Profile()
  /// Nil until a host names a session to keep.
  var store: SessionStore?
  /// What the keys of its rows are mixed with; 0 until a host gives a seed.
  var storeSeed: UInt64 = 0
  /// Whether a host has named a session to keep.
  public var keepsSessions: Bool { store != nil }
  /// What `placements` asks for; empty where an answer is for one place.
  var placements = FixedArray<Placement>(capacity: Limits.placements)
  /// Decoded query parameters, never longer than what they were read from, and the terms of a search.
  let decoded = OwnedBytes(capacity: Limits.target + Query.termsMax * Terms.lengthMax)
  /// Of the event that is read.
  var members = EventMembers()
  /// One decoded id or a token's bytes.
  let scratch = OwnedBytes(capacity: 4096)
  private let body = OwnedBytes(capacity: Limits.response - 4096)
  private let headerLines = OwnedBytes(capacity: 4096)
  private let output = OwnedBytes(capacity: Limits.response)

  @inline(never)
  public init() {}

  // MARK: Files

  /// Opens a file, which stays where it is and must not change. Nil when it opened, otherwise a problem in JSON, valid until
  /// the next call.
  public func open(kind: UInt32, _ bytes: ByteView) -> ByteView? {
    guard let kind = FileKind(rawValue: kind) else { return refusal(SnapshotError(.wrongKind)) }
    do throws(SnapshotError) {
      try recommender.open(kind, bytes)
      return nil
    } catch {
      return refusal(error)
    }
  }

  private func refusal(_ error: SnapshotError) -> ByteView {
    var json = JSONWriter(ByteWriter(output))
    json.beginObject()
    json.member("title", "the file was not opened")
    json.member("reason", error.kind.name)
    if error.table.utf8CodeUnitCount > 0 { json.member("table", error.table) }
    if let sqlite = error.sqlite {
      json.member("sqlite", sqlite.kind.name)
      // Inside a file in memory, or just behind one: far below 2^63.
      json.member("offset", Int64(truncatingIfNeeded: sqlite.offset))
    }
    json.endObject()
    return json.output.view
  }

  // MARK: Requests

  /// The response message to `message`, valid until the next call.
  public func handle(_ message: ByteView) -> ByteView {
    var reply = Reply(body: body, headers: headerLines)
    recommender.limit(effort: Recommender.effortMax)
    defer { recommender.limit(effort: .max) }
    do throws(Problem) {
      try route(HTTPRequest(message), &reply)
      // Only a damaged snapshot could hold texts that long; a cut answer would be worse than none.
      if reply.overflowed { throw Problem(.serverError, "the answer is longer than 256 KB") }
    } catch {
      reply = Reply(body: body, headers: headerLines)
      reply.refuse(error)
    }
    var writer = ByteWriter(output)
    reply.write(to: &writer)
    return writer.view
  }

  private func route(_ request: HTTPRequest, _ reply: inout Reply) throws(Problem) {
    let path = request.path
    if path.equals("/events") {
      try request.allow(.post)
      return try events(request, &reply)
    }
    if path.equals("/session") {
      if request.method == .delete { return try deleteSession(request, &reply) }
      guard request.method == .get else { throw .methodNotAllowed("GET, DELETE") }
      return try showSession(request, &reply)
    }
    if path.equals("/recommendations") {
      try request.allow(.get)
      return try recommendations(request.headers, request.query, &reply)
    }
    if path.equals("/snapshot") {
      try request.allow(.get)
      return try snapshot(request.headers, &reply)
    }
    if path.equals("/healthz") {
      try request.allow(.get)
      return try health(&reply)
    }
    throw Problem(.notFound, "no such path: /recommendations, /events, /session, /snapshot and /healthz are there")
  }

  /// The base, without which only problems can be answered.
  func openBase() throws(Problem) -> BaseSnapshot {
    guard let base = recommender.snapshots.base else { throw Problem(.unavailable, "no snapshot is open") }
    return base
  }
}

/// An answer in the making.
struct Reply {
  var status = 200
  var reason: StaticString = "OK"
  var contentType: StaticString = "application/json"
  var json: JSONWriter
  var headers: ByteWriter

  init(body: OwnedBytes, headers: OwnedBytes) {
    json = JSONWriter(ByteWriter(body))
    self.headers = ByteWriter(headers)
  }

  var overflowed: Bool { json.output.overflowed || headers.overflowed }

  mutating func refuse(_ problem: Problem) {
    status = problem.status.rawValue
    reason = problem.status.reason
    contentType = "application/problem+json"
    problem.writeHeaders(to: &headers)
    problem.write(to: &json)
  }

  func write(to output: inout ByteWriter) {
    HTTPResponse.write(
      status: status, reason: reason, contentType: contentType, body: json.output.view, headers: headers.view,
      into: &output)
  }
}
