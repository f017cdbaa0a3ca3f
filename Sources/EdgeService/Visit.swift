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
  /// From the host's random seed; 0 where it gives none.
  let seed: UInt32
  private let storeSeed: UInt64
  /// The rows of the store that belong to the ids that the host asserts, whatever the consent; 0 where it asserts none.
  let userKey: UInt64
  let sessionKey: UInt64
  private var isUserClaimed = true
  private var isSessionClaimed = true

  static let cookie: StaticString = "martlet_session"

  /// Seconds since 1970. The module has no clock; where the host gives none, the snapshot's newest moment stands in.
  var now: UInt32 { request.now }
  var region: ByteView { request.region }
  /// Whether anything of the visitor may be kept and used.
  var mayPersonalise: Bool { consent != .none }

  /// The row that keeps this visitor's session: that of the session where the host names one, with full consent that of the user;
  /// 0 for none.
  var storeKey: UInt64 {
    if consent != .none, isSessionClaimed, sessionKey != 0 { return sessionKey }
    return consent == .full && isUserClaimed ? userKey : 0
  }

  /// Whether the visitor has agreed to be known, the host asserts who they are, and the query says nothing else.
  var isKnown: Bool { consent == .full && isUserClaimed && userKey != 0 }

  /// The query says whose session it means: unless the host asserts the same id, none is opened.
  mutating func claim(session: ByteView) {
    isSessionClaimed = sessionKey == Visit.key(session, seed: storeSeed, kind: 2)
  }
  mutating func claim(user: ByteView) { isUserClaimed = userKey == Visit.key(user, seed: storeSeed, kind: 1) }

  // Two seeds, so that a user and a session of one id are two rows.
  private static func key(_ id: ByteView, seed: UInt64, kind: UInt64) -> UInt64 {
    id.isEmpty ? 0 : hash64(id, seed: seed, kind: kind)
  }

  /// - Parameter storeSeed: keys of the store's rows depend on it.
  init(_ headers: HTTPHeaders, asOf: UInt32, storeSeed: UInt64 = 0) throws(Problem) {
    consent = try Visit.consent(headers)
    seed = headers.asserted("martlet-seed").map { hash32($0) } ?? 0
    token = headers["martlet-session"] ?? headers.cookie(Visit.cookie)
    self.storeSeed = storeSeed
    userKey = Visit.key(headers["martlet-user"] ?? .empty, seed: storeSeed, kind: 1)
    sessionKey = Visit.key(headers["martlet-session-id"] ?? .empty, seed: storeSeed, kind: 2)
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
    guard let milliseconds = time.unsignedDecimal(maximum: UInt64(UInt32.max) &* 1000) else {
      throw .badRequest("not a time in milliseconds since 1970", field: "Martlet-Time")
    }
    return UInt32(milliseconds / 1000)
  }

  private static func device(_ headers: HTTPHeaders) throws(Problem) -> RequestContext.Device? {
    guard let text = headers.asserted("martlet-device") else { return nil }
    var code: UInt8 = 1
    while let device = RequestContext.Device(rawValue: code) {
      if text.equals(device.name) { return device }
      code &+= 1
    }
    throw .badRequest("device is desktop, mobile or tablet", field: "Martlet-Device")
  }

  private static func referrer(_ headers: HTTPHeaders) throws(Problem) -> RequestContext.Referrer? {
    guard let text = headers.asserted("martlet-referrer") else { return nil }
    var code: UInt8 = 1
    while let referrer = RequestContext.Referrer(rawValue: code) {
      if text.equals(referrer.name) { return referrer }
      code &+= 1
    }
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
