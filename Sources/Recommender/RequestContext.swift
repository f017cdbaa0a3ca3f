import Bytes

/// What a request says beside the session: when, where, on what, coming from where. Facts that only the host knows; all but
/// `now`, `context` and `region` are unknown without the visitor's consent.
public struct RequestContext: BitwiseCopyable {
  public enum Device: UInt8, CaseIterable, BitwiseCopyable, Sendable {
    case desktop = 1
    case mobile = 2
    case tablet = 3

    public var name: StaticString {
      switch self {
      case .desktop: "desktop"
      case .mobile: "mobile"
      case .tablet: "tablet"
      }
    }
  }

  /// The kind of page that led to the shop's; `internal` is a page of the shop.
  public enum Referrer: UInt8, CaseIterable, BitwiseCopyable, Sendable {
    case search = 1
    case social = 2
    case email = 3
    case ads = 4
    case direct = 5
    case `internal` = 6

    public var name: StaticString {
      switch self {
      case .search: "search"
      case .social: "social"
      case .email: "email"
      case .ads: "ads"
      case .direct: "direct"
      case .internal: "internal"
      }
    }
  }

  /// Seconds since 1970.
  public var now: UInt32 = 0
  /// Local time minus UTC; 0 where not known.
  public var zoneMinutes: Int32 = 0
  public var device: Device?
  public var referrer: Referrer?
  /// Where on the shop's pages the answer will stand.
  public var context = Context.homepage
  /// The visitor's region by the shop's code; empty for none.
  public var region = ByteView.empty

  public static let zoneMinutesMax: Int32 = 14 * 60

  public init() {}

  /// The local minute of the day, 0..<1440.
  public var minuteOfDay: Int { Int(truncatingIfNeeded: localMinutes % 1440) }

  /// The local day of the week, 0 for Monday.
  public var dayOfWeek: Int { Int(truncatingIfNeeded: (localMinutes / 1440 &+ 3) % 7) }

  /// Since the first Thursday of 1970, so that no zone makes it negative.
  private var localMinutes: Int64 { Int64(now / 60) &+ Int64(zoneMinutes) &+ 7 * 1440 }
}
