import JSONText
import TestSupport
import Testing

@Suite struct JSONNumberTests {
  @Test(
    arguments: [
      ("0", 0), ("-0", 0), ("3.0", 3), ("3e2", 300), ("1500e-2", 15), ("9223372036854775807", Int64.max),
      ("-9223372036854775808", Int64.min), ("9223372036854775808", nil), ("-9223372036854775809", nil), ("1.5", nil),
      ("1e19", nil), ("1e999999999999", nil), ("0e999999999999", 0), ("1e-999999999999", nil),
      ("12345678901234567890123", nil),
      ("100000000000000000000e-3", 100_000_000_000_000_000), ("\"1\"", nil), ("true", nil),
    ] as [(String, Int64?)])
  func integers(text: String, expected: Int64?) throws {
    #expect(try withJSON(text, \.integer) == expected)
  }

  @Test(
    arguments: [
      ("2.55", 2, 255), ("2.5", 2, 250), ("12.345", 2, 1235), ("12.3449999", 2, 1234), ("-0.005", 2, -1),
      ("-0.0049", 2, 0),
      ("0.009", 0, 0), ("0.9", 0, 1), ("1e2", 2, 10_000), ("1e30", 2, nil), ("1", 18, 1_000_000_000_000_000_000),
      ("1", 19, nil), ("0.12345678901234567890123", 3, 123), ("1e-50", 2, 0), ("null", 2, nil),
    ] as [(String, Int, Int64?)])
  func fixedPoint(text: String, decimals: Int, expected: Int64?) throws {
    #expect(try withJSON(text) { $0.fixed(decimals: decimals) } == expected)
  }

  @Test func doublesAreExactInTheDocumentedRange() throws {
    var generator = SeededGenerator(4)
    for _ in 0..<20_000 {
      let digits = UInt64.random(in: 0..<1_000_000_000_000_000, using: &generator)
      let text = "\(Bool.random(using: &generator) ? "-" : "")\(digits)e\(Int.random(in: -22...22, using: &generator))"
      #expect(try withJSON(text, \.double) == Double(text), "\(text)")
    }
  }

  @Test func doublesAreCloseEverywhere() throws {
    var generator = SeededGenerator(5)
    for _ in 0..<20_000 {
      let bits = UInt64.random(in: 0..<0x7FF0_0000_0000_0000, using: &generator)
      let expected = Double(bitPattern: bits)
      let read = try #require(try withJSON("\(expected)", \.double))
      #expect(abs(Int64(bitPattern: read.bitPattern) - Int64(bitPattern: bits)) <= 32, "\(expected)")
    }
  }

  @Test func doublesAtTheEnds() throws {
    #expect(try withJSON("17e307", \.double).map { abs($0 / 17e307 - 1) < 1e-14 } == true)
    #expect(try withJSON("1e309", \.double) == nil)
    #expect(try withJSON("1e400", \.double) == nil)
    #expect(try withJSON("1e-400", \.double) == 0)
    #expect(try withJSON("0e400", \.double) == 0)
    #expect(try withJSON("\"1\"", \.double) == nil)
  }
}
