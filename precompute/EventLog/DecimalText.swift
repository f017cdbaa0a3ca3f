import Bytes

/// A decimal number as people and programs write it into tables: `12`, `-3.50`, `.5`, `17850.0`, `1e-05`.
struct DecimalText {
  private(set) var isNegative = false
  private var digits: UInt64 = 0
  /// The value is `digits · 10^exponent`.
  private var exponent = 0

  /// Nil where the text is something else, or has more than 18 digits without leading and trailing zeros of the fraction.
  init?(_ text: ByteView) {
    var position = 0
    if !text.isEmpty, text[0] == UInt8(ascii: "-") || text[0] == UInt8(ascii: "+") {
      isNegative = text[0] == UInt8(ascii: "-")
      position = 1
    }
    var isFraction = false
    var hasDigits = false
    while position < text.count {
      let byte = text[position]
      if byte == UInt8(ascii: "."), !isFraction {
        isFraction = true
      } else if byte &- 0x30 <= 9 {
        hasDigits = true
        guard append(byte &- 0x30, isFraction) else { return nil }
      } else {
        guard hasDigits, byte | 0x20 == UInt8(ascii: "e"), let power = Self.power(text.dropFirst(position + 1)) else {
          return nil
        }
        exponent += power
        break
      }
      position += 1
    }
    guard hasDigits else { return nil }
  }

  var double: Double {
    var value = Double(digits)
    for _ in 0..<min(exponent.magnitude, 400) { value = exponent < 0 ? value / 10 : value * 10 }
    return isNegative ? -value : value
  }

  /// The magnitude times `10^decimals`, rounded half up, or cut off without `rounding`; nil where it does not fit.
  func scaled(decimals: Int, rounding: Bool = true) -> UInt64? {
    var value = digits
    var power = exponent + decimals
    while power > 0, value > 0 {
      guard value <= UInt64.max / 10 else { return nil }
      value *= 10
      power -= 1
    }
    var last: UInt64 = 0
    while power < 0, value > 0 || last > 0 {
      last = value % 10
      value /= 10
      power += 1
    }
    return rounding && last >= 5 ? value + 1 : value
  }

  private mutating func append(_ digit: UInt8, _ isFraction: Bool) -> Bool {
    if digits >= 100_000_000_000_000_000 {
      // Further digits of a fraction change nothing that is asked for.
      return isFraction
    }
    digits = digits * 10 + UInt64(digit)
    if isFraction { exponent -= 1 }
    return true
  }

  private static func power(_ text: ByteView) -> Int? {
    let isNegative = !text.isEmpty && text[0] == UInt8(ascii: "-")
    let hasSign = isNegative || (!text.isEmpty && text[0] == UInt8(ascii: "+"))
    guard let value = text.dropFirst(hasSign ? 1 : 0).unsignedDecimal(maximum: 400) else { return nil }
    return isNegative ? -Int(value) : Int(value)
  }
}
