import Foundation

/// How a time is written.
public struct TimeFormat: Sendable, Equatable {
  public enum Notation: Sendable, Equatable {
    /// A number is seconds or, from 10^11 on, milliseconds since 1970; anything else is ISO 8601.
    case auto
    case unix
    case unixMilliseconds
    case iso8601
    /// `strptime`'s directives %Y %m %d %H %M %S %f %y %b %e %I %p %z %j %T %F %%; other characters stand for themselves.
    case pattern(String)
  }

  /// The zone of times that do not name theirs.
  public enum Zone: Sendable, Equatable {
    case fixed(secondsEastOfUTC: Int)
    /// An IANA name.
    case named(String)
  }

  public var notation = Notation.auto
  public var zone = Zone.fixed(secondsEastOfUTC: 0)

  mutating func read(_ value: YAMLValue) throws {
    var section = try value.section()
    if let value = try section.value("format") { notation = try Notation(value) }
    if let value = try section.value("zone") { zone = try Zone(value) }
    try section.finish()
  }
}

extension TimeFormat.Notation {
  public static let directives = "YmdHMSfybeIpzjTF%"

  init(_ value: YAMLValue) throws {
    let text = try value.string()
    switch text {
    case "auto": self = .auto
    case "unix": self = .unix
    case "unix_ms": self = .unixMilliseconds
    case "iso8601": self = .iso8601
    default:
      guard text.contains("%") else {
        throw value.expected("auto, unix, unix_ms, iso8601 or a pattern such as \"%d/%m/%Y %H:%M\"")
      }
      var isDirective = false
      for character in text {
        if isDirective, !Self.directives.contains(character) {
          throw value.failure(
            "%\(character) is not supported; known are \(Self.directives.map { "%\($0)" }.joined(separator: " "))")
        }
        isDirective = !isDirective && character == "%"
      }
      if isDirective { throw value.failure("the pattern ends in a single %") }
      self = .pattern(text)
    }
  }
}

extension TimeFormat.Zone {
  init(_ value: YAMLValue) throws {
    let text = try value.string()
    if let seconds = Self.offset(text) {
      self = .fixed(secondsEastOfUTC: seconds)
    } else if text.first?.isLetter == true, TimeZone(identifier: text) != nil {
      self = .named(text)
    } else {
      throw value.expected("UTC, an offset such as +02:00 or a zone name such as Europe/Berlin")
    }
  }

  private static func offset(_ text: String) -> Int? {
    if text == "UTC" || text == "Z" { return 0 }
    let bytes = Array(text.utf8)
    guard bytes.count == 6, bytes[0] == 0x2B || bytes[0] == 0x2D, bytes[3] == 0x3A,
      let hours = UInt8(text.dropFirst().prefix(2)), let minutes = UInt8(text.suffix(2)), hours <= 14, minutes < 60
    else { return nil }
    return (Int(hours) * 60 + Int(minutes)) * (bytes[0] == 0x2D ? -60 : 60)
  }
}
