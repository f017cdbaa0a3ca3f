import Bytes
import Configuration
import Foundation

/// Reads times as they are configured into seconds since 1970-01-01 UTC. Fractions of a second are cut off.
struct TimeParser {
  private let notation: TimeFormat.Notation
  private let pattern: [TimePattern.Token]
  private var zone: ZoneOffsets

  init(_ format: TimeFormat) {
    notation = format.notation
    if case .pattern(let text) = format.notation { pattern = TimePattern.tokens(text) } else { pattern = [] }
    zone = ZoneOffsets(format.zone)
  }

  /// Nil where the text is no such time or lies outside of 1970 to 2106.
  mutating func seconds(_ text: ByteView) -> UInt32? {
    switch notation {
    case .unix: return unix(text, milliseconds: false)
    case .unixMilliseconds: return unix(text, milliseconds: true)
    case .iso8601: return civil(CivilTime(iso8601: text))
    case .pattern: return civil(TimePattern.read(text, pattern))
    case .auto:
      guard let number = DecimalText(text) else { return civil(CivilTime(iso8601: text)) }
      return unix(text, milliseconds: number.double >= 1e11)
    }
  }

  private func unix(_ text: ByteView, milliseconds: Bool) -> UInt32? {
    guard let number = DecimalText(text), !number.isNegative else { return nil }
    return number.scaled(decimals: milliseconds ? -3 : 0, rounding: false).flatMap(UInt32.init(exactly:))
  }

  private mutating func civil(_ time: CivilTime?) -> UInt32? {
    guard let time, let local = time.secondsSinceEpoch else { return nil }
    return UInt32(exactly: local - Int64(time.offset ?? zone.offset(atLocal: local)))
  }
}

/// A date and time of day as written, before the zone is taken into account.
struct CivilTime {
  var year = 1970
  var month = 1
  var day = 1
  var hour = 0
  var minute = 0
  var second = 0
  /// Seconds east of UTC, where the text names them.
  var offset: Int?

  /// Seconds since 1970-01-01 on the same clock; nil for dates that do not exist. A leap second counts as the one after.
  var secondsSinceEpoch: Int64? {
    guard (1900...2200).contains(year), (1...12).contains(month), day >= 1, day <= Self.days(year, month), hour <= 23,
      minute <= 59, second <= 60
    else { return nil }
    return Int64(Self.daysSinceEpoch(year, month, day)) * 86_400 + Int64(hour * 3600 + minute * 60 + second)
  }

  static func days(_ year: Int, _ month: Int) -> Int {
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    return month == 2 ? (isLeap ? 29 : 28) : [4, 6, 9, 11].contains(month) ? 30 : 31
  }

  /// Days in years that start in March, so that the leap day comes last (Fliegel and Van Flandern's idea).
  static func daysSinceEpoch(_ year: Int, _ month: Int, _ day: Int) -> Int {
    let marchYear = month > 2 ? year : year - 1
    let monthFromMarch = (month + 9) % 12
    let dayOfYear = (153 * monthFromMarch + 2) / 5 + day - 1
    return marchYear * 365 + marchYear / 4 - marchYear / 100 + marchYear / 400 + dayOfYear - 719_468
  }
}

extension CivilTime {
  /// `2010-12-01`, with ` 08:26`, `:00`, `.123` and `Z`, ` UTC`, `+02`, `+0200` or `+02:00` as far as given; `T` or a space
  /// between date and time.
  init?(iso8601 text: ByteView) {
    var scanner = DigitScanner(text)
    guard let year = scanner.number(4), scanner.skip("-"), let month = scanner.number(2), scanner.skip("-"),
      let day = scanner.number(2)
    else { return nil }
    (self.year, self.month, self.day) = (year, month, day)
    if scanner.isAtEnd { return }
    guard scanner.skip("T") || scanner.skip(" ") || scanner.skip("t"), let hour = scanner.number(2), scanner.skip(":"),
      let minute = scanner.number(2)
    else { return nil }
    (self.hour, self.minute) = (hour, minute)
    if scanner.skip(":") {
      guard let second = scanner.number(2) else { return nil }
      self.second = second
      if scanner.skip(".") || scanner.skip(",") {
        guard scanner.digits() > 0 else { return nil }
      }
    }
    if !scanner.isAtEnd {
      _ = scanner.skip(" ")
      guard let offset = scanner.zone() else { return nil }
      self.offset = offset
    }
    guard scanner.isAtEnd else { return nil }
  }
}

/// Numbers of few digits, one after the other.
struct DigitScanner {
  private let text: ByteView
  private(set) var position = 0

  init(_ text: ByteView) { self.text = text }

  var isAtEnd: Bool { position == text.count }
  var rest: ByteView { text.dropFirst(position) }

  mutating func skip(_ literal: StaticString) -> Bool {
    guard rest.starts(with: literal) else { return false }
    position += literal.utf8CodeUnitCount
    return true
  }

  mutating func skip(byte: UInt8) -> Bool {
    guard !isAtEnd, text[position] == byte else { return false }
    position += 1
    return true
  }

  /// Exactly `count` digits, or from `minimum` to `count`.
  mutating func number(_ count: Int, minimum: Int? = nil) -> Int? {
    var value = 0
    var taken = 0
    while taken < count, !isAtEnd, text[position] &- 0x30 <= 9 {
      value = value * 10 + Int(text[position] &- 0x30)
      position += 1
      taken += 1
    }
    return taken >= (minimum ?? count) ? value : nil
  }

  /// Skips digits and says how many.
  mutating func digits() -> Int {
    let start = position
    while !isAtEnd, text[position] &- 0x30 <= 9 { position += 1 }
    return position - start
  }

  /// Seconds east of UTC of `Z`, `UTC`, `GMT`, `+02`, `+0200` or `+02:00`.
  mutating func zone() -> Int? {
    if skip("Z") || skip("z") || skip("UTC") || skip("GMT") { return 0 }
    let isNegative = skip("-")
    guard isNegative || skip("+"), let hours = number(2), hours <= 14 else { return nil }
    let hasColon = skip(":")
    let minutes = isAtEnd && !hasColon ? 0 : number(2)
    guard let minutes, minutes < 60 else { return nil }
    return (hours * 60 + minutes) * (isNegative ? -60 : 60)
  }
}

/// How far a zone's clocks are ahead of UTC; for zones with summer time the answer is kept for a quarter of an hour of
/// local time, within which it does not change.
struct ZoneOffsets {
  private let fixed: Int?
  private let zone: TimeZone
  private var quarter: Int64 = .min
  private var offset = 0

  init(_ zone: TimeFormat.Zone) {
    switch zone {
    case .fixed(let seconds): (fixed, self.zone) = (seconds, .gmt)
    case .named(let name): (fixed, self.zone) = (nil, TimeZone(identifier: name) ?? .gmt)
    }
  }

  /// A time that the clocks skip or show twice takes the offset from before the change.
  mutating func offset(atLocal seconds: Int64) -> Int {
    if let fixed { return fixed }
    if seconds / 900 != quarter {
      quarter = seconds / 900
      let local = Double(quarter * 900)
      // The offset a day earlier is right or is the one from before a change on the way.
      let before = zone.secondsFromGMT(for: Date(timeIntervalSince1970: local - 86_400))
      let then = zone.secondsFromGMT(for: Date(timeIntervalSince1970: local - Double(before)))
      let isReached =
        Double(zone.secondsFromGMT(for: Date(timeIntervalSince1970: local - Double(then)))) == Double(then)
      offset = isReached ? then : before
    }
    return offset
  }
}
