import Bytes
import Recommender
import Session

/// What a request says of its visitor: the host's facts (`Martlet-*` headers, which hosts take from nobody else) and the session
/// token.
struct Visit {
  enum Consent {
    /// Nothing of the visitor is kept or used but region and page.
    case none
    /// The token, or a session that the host names.
    case session
    /// Also who the visitor is.
    case full

    var name: StaticString {
      switch self {
      case .none: "none"
      case .session: "session"
      case .full: "full"
      }
    }
  }

  let consent: Consent
  /// Time, place and where the visitor comes from; the route adds the page.
  private(set) var request = RequestContext()
  let token: ByteView?
  /// What the host asserts, whatever the consent; nil where it asserts nothing.
  private let user: ByteView?
  private let sessionID: ByteView?
  private var isUserClaimed = true
  private var isSessionClaimed = true

  static let cookie: StaticString = "martlet_session"

  /// Seconds since 1970. The module has no clock; where the host gives none, the snapshot's newest moment stands in.
  var now: UInt32 { request.now }
  var region: ByteView { request.region }
  /// Whether anything of the visitor may be kept and used.
  var mayPersonalise: Bool { consent != .none }

  // MARK: Rows of the store

  var namesID: Bool { user != nil || sessionID != nil }
  /// Two seeds, so that a user and a session of one id are two rows.
  var userKey: UInt64? { user.map { hash64($0, seed: 1) } }
  var sessionKey: UInt64? { sessionID.map { hash64($0, seed: 2) } }

  /// The row that keeps this visitor's session: that of the session where the host names one, with full consent that of the user.
  var storeKey: UInt64? {
    if consent != .none, isSessionClaimed, let key = sessionKey { return key }
    return consent == .full && isUserClaimed ? userKey : nil
  }

  /// The query names a session: unless the host asserts the same one, none is opened.
  mutating func claim(session: ByteView) { isSessionClaimed = sessionID?.equals(session) ?? false }
  mutating func claim(user: ByteView) { isUserClaimed = self.user?.equals(user) ?? false }

  init(_ headers: HTTPHeaders, asOf: UInt32) throws(Problem) {
    consent = try Visit.consent(headers)
    token = headers["martlet-session"] ?? headers.cookie(Visit.cookie)
    user = headers.asserted("martlet-user")
    sessionID = headers.asserted("martlet-session-id")
    request.now = try Visit.time(headers) ?? asOf
    request.region = headers["martlet-region"] ?? .empty
    // Read whatever the consent, so that a host's mistake shows.
    let (device, referrer, zone) = (
      try Visit.device(headers), try Visit.referrer(headers), try Visit.zone(headers)
    )
    guard consent != .none else { return }
    request.device = device
    request.referrer = referrer
    request.zoneMinutes = zone
  }

  private static func consent(_ headers: HTTPHeaders) throws(Problem) -> Consent {
    if let signal = headers["sec-gpc"], signal.equals("1") { return .none }
    guard let consent = headers["martlet-consent"] else { return .session }
    if consent.equals("none") { return .none }
    if consent.equals("session") { return .session }
    if consent.equals("full") { return .full }
    throw .badRequest("consent is none, session or full", field: "Martlet-Consent")
  }

  private static func time(_ headers: HTTPHeaders) throws(Problem) -> UInt32? {
    guard let time = headers["martlet-time"] else { return nil }
    guard let milliseconds = time.unsignedDecimal(maximum: UInt64(UInt32.max) * 1000) else {
      throw .badRequest("not a time in milliseconds since 1970", field: "Martlet-Time")
    }
    return UInt32(milliseconds / 1000)
  }

  private static func device(_ headers: HTTPHeaders) throws(Problem) -> RequestContext.Device? {
    guard let text = headers.asserted("martlet-device") else { return nil }
    for device in RequestContext.Device.allCases where text.equals(device.name) { return device }
    throw .badRequest("device is desktop, mobile or tablet", field: "Martlet-Device")
  }

  private static func referrer(_ headers: HTTPHeaders) throws(Problem) -> RequestContext.Referrer? {
    guard let text = headers.asserted("martlet-referrer") else { return nil }
    for referrer in RequestContext.Referrer.allCases where text.equals(referrer.name) { return referrer }
    throw .badRequest("referrer is search, social, email, ads, direct or internal", field: "Martlet-Referrer")
  }

  private static func zone(_ headers: HTTPHeaders) throws(Problem) -> Int32 {
    guard var digits = headers.asserted("martlet-zone") else { return 0 }
    let sign = digits[0]
    if sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") { digits = digits.dropFirst(1) }
    guard let minutes = digits.unsignedDecimal(maximum: UInt64(RequestContext.zoneMinutesMax)) else {
      throw .badRequest("not minutes east of UTC, -840 to 840", field: "Martlet-Zone")
    }
    return sign == UInt8(ascii: "-") ? 0 &- Int32(minutes) : Int32(minutes)
  }
}

extension HTTPHeaders {
  /// A header that says nothing when it is empty.
  @inline(never)
  fileprivate func asserted(_ name: StaticString) -> ByteView? {
    guard let value = self[name], !value.isEmpty else { return nil }
    return value
  }
}
