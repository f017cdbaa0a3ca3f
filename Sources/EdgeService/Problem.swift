import Bytes
import JSONText

/// A refusal, answered as `application/problem+json` (RFC 9457). A class, so that throwing one passes a single word.
final class Problem: Error {
  enum Status: Int {
    case badRequest = 400
    case notFound = 404
    case methodNotAllowed = 405
    case contentTooLarge = 413
    case uriTooLong = 414
    case headersTooLarge = 431
    case serverError = 500
    case notImplemented = 501
    case unavailable = 503

    var reason: StaticString {
      switch self {
      case .badRequest: "Bad Request"
      case .notFound: "Not Found"
      case .methodNotAllowed: "Method Not Allowed"
      case .contentTooLarge: "Content Too Large"
      case .uriTooLong: "URI Too Long"
      case .headersTooLarge: "Request Header Fields Too Large"
      case .serverError: "Internal Server Error"
      case .notImplemented: "Not Implemented"
      case .unavailable: "Service Unavailable"
      }
    }
  }

  /// Where in a body the fault lies.
  enum Position {
    case none
    /// In a body of several events, counted from 0.
    case event(Int)
    /// In a body that is not JSON, the byte.
    case offset(Int)
  }

  let status: Status
  let detail: StaticString
  /// The parameter, header or member that is at fault; empty for none.
  let field: StaticString
  let position: Position
  /// For 405: the method that the path takes.
  let allow: StaticString

  private init(
    _ status: Status, _ detail: StaticString, field: StaticString, at position: Position, allow: StaticString
  ) {
    self.status = status
    self.detail = detail
    self.field = field
    self.position = position
    self.allow = allow
  }

  // Kept out of line: there are many places that refuse something.

  @inline(never)
  convenience init(_ status: Status, _ detail: StaticString) {
    self.init(status, detail, field: "", at: .none, allow: "")
  }

  @inline(never)
  static func badRequest(_ detail: StaticString, field: StaticString, at position: Position) -> Problem {
    Problem(.badRequest, detail, field: field, at: position, allow: "")
  }

  @inline(never)
  static func badRequest(_ detail: StaticString, field: StaticString = "") -> Problem {
    badRequest(detail, field: field, at: .none)
  }

  static func methodNotAllowed(_ allow: StaticString) -> Problem {
    Problem(.methodNotAllowed, "this path does not take that method", field: "", at: .none, allow: allow)
  }

  /// What is answered beside the body.
  func writeHeaders(to headers: inout ByteWriter) {
    if allow.utf8CodeUnitCount > 0 {
      headers.append("Allow: ")
      headers.append(allow)
      headers.append("\r\n")
    }
    headers.append("Cache-Control: no-store\r\n")
  }

  func write(to json: inout JSONWriter) {
    json.beginObject()
    json.member("type", "about:blank")
    json.member("title", status.reason)
    json.member("status", Int64(status.rawValue))
    json.member("detail", detail)
    if field.utf8CodeUnitCount > 0 { json.member("field", field) }
    switch position {
    case .none: break
    case .event(let event): json.member("event", Int64(event))
    case .offset(let offset): json.member("offset", Int64(offset))
    }
    json.endObject()
  }
}
