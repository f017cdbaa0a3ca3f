import Bytes
import JSONText

/// A refusal, answered as `application/problem+json` (RFC 9457).
struct Problem: Error {
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

  let status: Status
  let detail: StaticString
  /// The parameter, header or member that is at fault; empty for none.
  let field: StaticString
  /// The event at fault, from 0, in a body of several; for invalid JSON the byte.
  let position: (name: StaticString, value: Int)?
  /// For 405.
  let allow: StaticString

  init(
    _ status: Status, _ detail: StaticString, field: StaticString = "", at position: (StaticString, Int)? = nil,
    allow: StaticString = ""
  ) {
    self.status = status
    self.detail = detail
    self.field = field
    self.position = position.map { (name: $0.0, value: $0.1) }
    self.allow = allow
  }

  static func badMessage(_ detail: StaticString) -> Problem { Problem(.badRequest, detail) }

  func write(to json: inout JSONWriter) {
    json.beginObject()
    json.key("type")
    json.string("about:blank")
    json.key("title")
    json.string(status.reason)
    json.key("status")
    json.integer(Int64(status.rawValue))
    json.key("detail")
    json.string(detail)
    if field.utf8CodeUnitCount > 0 {
      json.key("field")
      json.string(field)
    }
    if let position {
      json.key(position.name)
      json.integer(Int64(position.value))
    }
    json.endObject()
  }
}
