/// Scalars with units and bounds. Numbers take underscores nowhere and units always from the lists below.
extension YAMLValue {
  func bool() throws -> Bool {
    try choice(["true": true, "false": false])
  }

  /// A whole number, of which `step` is a divisor.
  func integer(in range: ClosedRange<Int>, step: Int = 1) throws -> Int {
    let what = step == 1 ? "a whole number" : "a multiple of \(step)"
    guard let value = Int(try string(what)), value % step == 0 else { throw expected(what) }
    return try bounded(value, range)
  }

  func number(in range: ClosedRange<Double>) throws -> Double {
    guard let value = Double(try string("a number")), value.isFinite else { throw expected("a number") }
    return try bounded(value, range)
  }

  /// A part of a whole: `0.05` or `5%`.
  func share() throws -> Double {
    let text = try string("a share such as 0.05 or 5%")
    let isPercent = text.hasSuffix("%")
    guard let value = Double(isPercent ? String(text.dropLast()) : text), value.isFinite else {
      throw expected("a share such as 0.05 or 5%")
    }
    return try bounded(isPercent ? value / 100 : value, 0...1)
  }

  /// A length of time in seconds, as `DurationText` has it.
  func seconds() throws -> UInt32 {
    let what = "a duration such as 90s, 30m, 12h, 30d or 2w"
    guard let written = DurationText.seconds(try string(what)) else { throw expected(what) }
    guard let seconds = UInt32(exactly: written), seconds > 0 else {
      throw failure("\"\(try string())\" is out of range: more than 0s, at most 7101w")
    }
    return seconds
  }

  /// A number of bytes: a whole number alone or with `B`, `kB`, `MB`, `GB`, `KiB`, `MiB`, `GiB`.
  func bytes(in range: ClosedRange<UInt64>) throws -> UInt64 {
    let units: [(String, UInt64)] = [
      ("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30), ("kB", 1_000), ("MB", 1_000_000), ("GB", 1_000_000_000),
      ("B", 1),
    ]
    let text = try string("a size such as 8 MiB")
    let (suffix, unit) = units.first { text.hasSuffix($0.0) } ?? ("", 1)
    guard let amount = UInt32(text.dropLast(suffix.count).trimmed) else {
      throw expected("a size such as 8 MiB or 500 kB")
    }
    return try bounded(UInt64(amount) * unit, range)
  }

  /// One of a few words.
  func choice<T>(_ words: [String: T]) throws -> T {
    let list = words.keys.sorted().joined(separator: ", ")
    guard let value = words[try string("one of \(list)")] else { throw expected("one of \(list)") }
    return value
  }

  /// One text or a list of texts.
  func strings() throws -> [String] {
    if case .sequence = node { return try list().map { try $0.string() } }
    return [try string("a text or a list of texts")]
  }

  private func bounded<T: Comparable>(_ value: T, _ range: ClosedRange<T>) throws -> T {
    guard range.contains(value) else {
      throw failure("\(try string()) is out of range: at least \(range.lowerBound), at most \(range.upperBound)")
    }
    return value
  }
}

extension Substring {
  fileprivate var trimmed: Substring {
    var text = self
    while text.last == " " { text.removeLast() }
    return text
  }
}
