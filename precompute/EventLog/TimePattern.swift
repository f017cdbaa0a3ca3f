import Bytes

/// Times in a layout of the shop's own, described with `strptime`'s directives.
enum TimePattern {
  enum Token {
    case literal(UInt8)
    case directive(UInt8)
  }

  private static let months: [StaticString] = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
  ]

  /// The pattern in single steps; `%F` and `%T` are written out.
  static func tokens(_ pattern: String) -> [Token] {
    var tokens: [Token] = []
    var bytes = Array(pattern.utf8)[...]
    while let byte = bytes.popFirst() {
      guard byte == UInt8(ascii: "%"), let directive = bytes.popFirst() else {
        tokens.append(.literal(byte))
        continue
      }
      switch directive {
      case UInt8(ascii: "%"): tokens.append(.literal(directive))
      case UInt8(ascii: "F"): tokens += self.tokens("%Y-%m-%d")
      case UInt8(ascii: "T"): tokens += self.tokens("%H:%M:%S")
      default: tokens.append(.directive(directive))
      }
    }
    return tokens
  }

  static func read(_ text: ByteView, _ tokens: [Token]) -> CivilTime? {
    var scanner = DigitScanner(text)
    var time = CivilTime()
    var dayOfYear: Int?
    var isAfternoon: Bool?
    for token in tokens {
      switch token {
      case .literal(let byte): guard scanner.skip(byte: byte) else { return nil }
      case .directive(UInt8(ascii: "j")):
        guard let day = scanner.number(3, minimum: 1) else { return nil }
        dayOfYear = day
      case .directive(UInt8(ascii: "p")):
        guard scanner.rest.count >= 2, let half = half(&scanner) else { return nil }
        isAfternoon = half
      case .directive(let directive): guard take(directive, &scanner, &time) else { return nil }
      }
    }
    guard scanner.isAtEnd else { return nil }
    if let isAfternoon {
      guard (1...12).contains(time.hour) else { return nil }
      time.hour = time.hour % 12 + (isAfternoon ? 12 : 0)
    }
    if let dayOfYear, !set(dayOfYear, &time) { return nil }
    return time
  }

  private static func take(_ directive: UInt8, _ scanner: inout DigitScanner, _ time: inout CivilTime) -> Bool {
    func put(_ value: Int?, _ path: WritableKeyPath<CivilTime, Int>) -> Bool {
      guard let value else { return false }
      time[keyPath: path] = value
      return true
    }
    switch directive {
    case UInt8(ascii: "Y"): return put(scanner.number(4), \.year)
    // Two digits mean 1969 to 2068, as in POSIX.
    case UInt8(ascii: "y"): return put(scanner.number(2).map { $0 < 69 ? 2000 + $0 : 1900 + $0 }, \.year)
    case UInt8(ascii: "m"): return put(scanner.number(2, minimum: 1), \.month)
    case UInt8(ascii: "d"): return put(scanner.number(2, minimum: 1), \.day)
    case UInt8(ascii: "e"):
      _ = scanner.skip(" ")
      return put(scanner.number(2, minimum: 1), \.day)
    case UInt8(ascii: "H"), UInt8(ascii: "I"): return put(scanner.number(2, minimum: 1), \.hour)
    case UInt8(ascii: "M"): return put(scanner.number(2), \.minute)
    case UInt8(ascii: "S"): return put(scanner.number(2), \.second)
    case UInt8(ascii: "f"): return scanner.digits() > 0
    case UInt8(ascii: "b"): return put(month(&scanner), \.month)
    case UInt8(ascii: "z"):
      time.offset = scanner.zone()
      return time.offset != nil
    default: return false
    }
  }

  private static func month(_ scanner: inout DigitScanner) -> Int? {
    let name = scanner.rest.prefix(3)
    guard let index = months.firstIndex(where: { name.equalsIgnoringCase($0) }) else { return nil }
    for _ in 0..<3 { _ = scanner.skip(byte: scanner.rest[0]) }
    return index + 1
  }

  private static func half(_ scanner: inout DigitScanner) -> Bool? {
    let name = scanner.rest.prefix(2)
    guard name.equalsIgnoringCase("am") || name.equalsIgnoringCase("pm") else { return nil }
    for _ in 0..<2 { _ = scanner.skip(byte: scanner.rest[0]) }
    return name.equalsIgnoringCase("pm")
  }

  private static func set(_ dayOfYear: Int, _ time: inout CivilTime) -> Bool {
    var (month, day) = (1, dayOfYear)
    while month <= 12, day > CivilTime.days(time.year, month) {
      day -= CivilTime.days(time.year, month)
      month += 1
    }
    guard month <= 12, day >= 1 else { return false }
    (time.month, time.day) = (month, day)
    return true
  }
}
