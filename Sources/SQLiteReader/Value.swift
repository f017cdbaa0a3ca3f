import Bytes

/// A value as the file stores it. Text is UTF-8, not validated. Text and BLOBs are views of the payload.
public enum Value: Sendable {
  case null
  case integer(Int64)
  case real(Double)
  case text(ByteView)
  case blob(ByteView)
}

extension Value {
  /// Less, equal or greater (-1, 0, 1) in SQLite's order with BINARY collation: NULL, numbers by value, text by
  /// bytes, BLOBs by bytes.
  @inline(never)
  public func compare(_ other: Value) -> Int {
    switch (self, other) {
    case (.integer(let a), .integer(let b)): order(a, b)
    case (.integer(let a), .real(let b)): Self.compare(a, b)
    case (.real(let a), .integer(let b)): 0 &- Self.compare(b, a)
    case (.real(let a), .real(let b)): order(a, b)
    case (.text(let a), .text(let b)), (.blob(let a), .blob(let b)): a.compare(b)
    default: order(rank, other.rank)
    }
  }

  private var rank: Int {
    switch self {
    case .null: 0
    case .integer, .real: 1
    case .text: 2
    case .blob: 3
    }
  }

  /// Exact: the integer is never rounded to a Double where that could change the answer.
  private static func compare(_ integer: Int64, _ real: Double) -> Int {
    if real < -0x1p63 { return 1 }
    if real >= 0x1p63 { return -1 }
    // Beyond 2^53 the real has no fraction, below it the integer has an exact Double.
    let whole = Int64(real)
    return integer != whole ? order(integer, whole) : order(Double(integer), real)
  }
}

private func order<T: Comparable>(_ a: T, _ b: T) -> Int {
  a < b ? -1 : (a == b ? 0 : 1)
}
