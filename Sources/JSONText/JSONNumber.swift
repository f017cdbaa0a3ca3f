import Bytes

extension JSONValue {
  /// The value of a number that is whole (`3`, `3.0`, `3e2`) and fits, or nil.
  public var integer: Int64? { fixed(decimals: 0, rounding: false) }

  /// A number times `10^decimals`, rounded half away from zero: `12.345` with two decimals is 1235. Nil where it does
  /// not fit or is no number. At most 18 decimals.
  public func fixed(decimals: Int) -> Int64? { fixed(decimals: decimals, rounding: true) }

  /// A number as the nearest `Double` where it has at most 15 digits and a power of ten within ±22 (exact product
  /// or quotient: Clinger, "How to Read Floating Point Numbers Accurately", 1990); otherwise within 32 units in the last
  /// place. Nil where it is no number or its magnitude is above what a `Double` holds.
  public var double: Double? {
    guard kind == .number else { return nil }
    let decimal = JSONDecimal(text)
    var value = Double(decimal.digits)
    var exponent = decimal.exponent
    // Below 10^-345 even nineteen digits round to zero.
    if decimal.digits == 0 || exponent < -345 { return decimal.isNegative ? -0.0 : 0.0 }
    guard exponent <= 308 else { return nil }
    while exponent > 0 {
      value *= Self.powerOfTen(min(exponent, 22))
      exponent &-= min(exponent, 22)
    }
    while exponent < 0 {
      value /= Self.powerOfTen(min(-exponent, 22))
      exponent &+= min(-exponent, 22)
    }
    guard value <= Double.greatestFiniteMagnitude else { return nil }
    return decimal.isNegative ? -value : value
  }

  private func fixed(decimals: Int, rounding: Bool) -> Int64? {
    guard kind == .number, decimals >= 0, decimals <= 18 else { return nil }
    let decimal = JSONDecimal(text)
    guard let magnitude = decimal.scaled(by: decimals, rounding: rounding) else { return nil }
    let limit = decimal.isNegative ? Int64.min.magnitude : Int64.max.magnitude
    guard magnitude <= limit else { return nil }
    return Int64(truncatingIfNeeded: decimal.isNegative ? 0 &- magnitude : magnitude)
  }

  /// `10^exponent` for 0 to 22, all of which a `Double` holds exactly.
  private static func powerOfTen(_ exponent: Int) -> Double {
    var power = 1.0
    for _ in 0..<exponent { power *= 10 }
    return power
  }
}

/// A checked number as `±digits · 10^exponent`. Digits after the nineteenth significant one are dropped and noted.
struct JSONDecimal {
  private(set) var isNegative = false
  private(set) var digits: UInt64 = 0
  /// Bounded to ±100,000, far outside of every range that is asked for.
  private(set) var exponent = 0
  private(set) var isTruncated = false

  init(_ text: ByteView) {
    var isFraction = false
    var index = 0
    while index < text.count {
      switch text[index] {
      case UInt8(ascii: "-"): isNegative = true
      case UInt8(ascii: "."): isFraction = true
      case UInt8(ascii: "e"), UInt8(ascii: "E"):
        exponent = clamped(exponent &+ Self.exponentValue(text.dropFirst(index &+ 1)))
        return
      default: append(text[index] &- 0x30, isFraction: isFraction)
      }
      index &+= 1
    }
  }

  /// `digits · 10^(exponent + decimals)` as a whole number; nil where it does not fit, or where it is not whole and
  /// rounding is not wanted.
  func scaled(by decimals: Int, rounding: Bool) -> UInt64? {
    if isTruncated && !rounding { return nil }
    var value = digits
    var power = exponent &+ decimals
    if value == 0 { return 0 }
    while power > 0 {
      guard value <= UInt64.max / 10 else { return nil }
      value = value &* 10
      power &-= 1
    }
    var lastDigit: UInt64 = 0
    while power < 0, value > 0 || lastDigit > 0 {
      lastDigit = value % 10
      if lastDigit != 0, !rounding { return nil }
      value /= 10
      power &+= 1
    }
    return value &+ (lastDigit >= 5 ? 1 : 0)
  }

  private mutating func append(_ digit: UInt8, isFraction: Bool) {
    if digits < 1_000_000_000_000_000_000 {
      digits = digits &* 10 &+ UInt64(digit)
      if isFraction { exponent = clamped(exponent &- 1) }
    } else {
      if digit != 0 { isTruncated = true }
      if !isFraction { exponent = clamped(exponent &+ 1) }
    }
  }

  private static func exponentValue(_ text: ByteView) -> Int {
    var value = 0
    var isNegative = false
    for index in text.indices {
      switch text[index] {
      case UInt8(ascii: "-"): isNegative = true
      case UInt8(ascii: "+"): break
      default: value = min(value &* 10 &+ Int(text[index] &- 0x30), 100_000)
      }
    }
    return isNegative ? -value : value
  }

  private func clamped(_ exponent: Int) -> Int { min(max(exponent, -100_000), 100_000) }
}
