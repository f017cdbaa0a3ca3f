import Bytes
import Session

/// What a request says of its visitor: the host's facts (`Martlet-*` headers, which hosts take from nobody else) and the session
/// token.
struct Visit {
  /// Seconds since 1970. The module has no clock; where the host gives none, the snapshot's newest moment stands in.
  let now: UInt32
  let region: ByteView
  /// Whether anything of the visitor may be kept and used.
  let mayPersonalise: Bool
  let token: ByteView?

  static let cookie: StaticString = "martlet_session"

  init(_ headers: HTTPHeaders, asOf: UInt32) throws(Problem) {
    if let time = headers["martlet-time"] {
      guard let milliseconds = time.unsignedDecimal(maximum: UInt64(UInt32.max) * 1000) else {
        throw .badRequest("not a time in milliseconds since 1970", field: "Martlet-Time")
      }
      now = UInt32(milliseconds / 1000)
    } else {
      now = asOf
    }
    region = headers["martlet-region"] ?? .empty
    mayPersonalise = try Visit.mayPersonalise(headers)
    token = headers["martlet-session"] ?? headers.cookie(Visit.cookie)
  }

  private static func mayPersonalise(_ headers: HTTPHeaders) throws(Problem) -> Bool {
    if let signal = headers["sec-gpc"], signal.equals("1") { return false }
    guard let consent = headers["martlet-consent"] else { return true }
    if consent.equals("none") { return false }
    guard consent.equals("session") || consent.equals("full") else {
      throw .badRequest("consent is none, session or full", field: "Martlet-Consent")
    }
    return true
  }
}
