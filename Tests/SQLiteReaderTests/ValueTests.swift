import Bytes
import SQLiteReader
import Testing

struct ValueTests {
  /// Groups of equal values in ascending order.
  private static let ordered: [[Value]] = [
    [.null],
    [.real(-.infinity)],
    [.real(-0x1.0000000000001p63)],
    [.integer(.min), .real(-0x1p63)],
    [.integer(.min + 1)],
    // Rounding to a Double would make these three equal.
    [.integer(-(1 << 53) - 1)],
    [.integer(-(1 << 53)), .real(-0x1p53)],
    [.integer(-2)],
    [.real(-1.5)],
    [.integer(-1), .real(-1)],
    [.real(-0.5)],
    [.integer(0), .real(0), .real(-0.0)],
    [.real(.leastNonzeroMagnitude)],
    [.integer(1), .real(1)],
    [.integer(1 << 53), .real(0x1p53)],
    [.integer((1 << 53) + 1)],
    [.integer((1 << 53) + 2), .real(0x1.0000000000001p53)],
    [.real(0x1.fffffffffffffp62)],
    [.integer(.max - 1)],
    [.integer(.max)],
    [.real(0x1p63)],
    [.real(.infinity)],
    [.text(ByteView(""))],
    [.text(ByteView("A"))],
    [.text(ByteView("a"))],
    [.text(ByteView("a\0"))],
    [.text(ByteView("b"))],
    [.text(ByteView("é"))],
    [.blob(ByteView(""))],
    [.blob(ByteView("A"))],
    [.blob(ByteView("AA"))],
  ]

  @Test func order() {
    for (i, group) in Self.ordered.enumerated() {
      for (j, other) in Self.ordered.enumerated() {
        for a in group {
          for b in other { #expect(a.compare(b) == (i < j ? -1 : (i == j ? 0 : 1)), "\(a) \(b)") }
        }
      }
    }
  }
}
