import Bytes
import SQLiteReader
import Testing

struct RecordTests {
  private func read(_ bytes: [UInt8]) throws -> [StoredValue] {
    let view = lasting(bytes)
    return try values(Record(view, at: 77))
  }

  @Test(
    arguments: [
      (0, [], .null), (1, [0x80], .integer(-128)), (1, [0x7F], .integer(127)), (2, [0x80, 0], .integer(-32768)),
      (2, [1, 2], .integer(258)), (3, [0xFF, 0xFF, 0xFE], .integer(-2)), (3, [0x7F, 0xFF, 0xFF], .integer(0x7F_FFFF)),
      (4, [0x80, 0, 0, 0], .integer(-0x8000_0000)), (5, [0x80, 0, 0, 0, 0, 0], .integer(-0x8000_0000_0000)),
      (5, [0, 0, 0, 0, 1, 0], .integer(256)), (6, [0x7F] + [UInt8](repeating: 0xFF, count: 7), .integer(.max)),
      (6, [0x80, 0, 0, 0, 0, 0, 0, 0], .integer(.min)),
      (7, [0x3F, 0xF8, 0, 0, 0, 0, 0, 0], .real(0x3FF8_0000_0000_0000)),
      (7, [0x80, 0, 0, 0, 0, 0, 0, 0], .real(0x8000_0000_0000_0000)), (7, [0x7F, 0xF8, 0, 0, 0, 0, 0, 1], .null),
      (8, [], .integer(0)), (9, [], .integer(1)), (12, [], .blob([])), (13, [], .text([])),
      (16, [0, 0xFF], .blob([0, 0xFF])), (17, [0xC3, 0xA9], .text([0xC3, 0xA9])),
    ] as [(UInt8, [UInt8], StoredValue)])
  func serialTypes(code: UInt8, content: [UInt8], value: StoredValue) throws {
    #expect(try read([2, code] + content) == [value])
    // Beside others, and not from the start of the payload.
    #expect(try read([4, 1, code, 9, 42] + content) == [.integer(42), value, .integer(1)])
    for length in 0..<content.count {
      #expect(throws: SQLiteError(.malformedRecord, at: 77)) { try read([2, code] + content.prefix(length)) }
    }
  }

  @Test(
    arguments: [
      [], [0], [3, 8], [0x80], [2, 10], [2, 11], [2, 0x80, 0x01], [0x81, 0x00, 8],
      [11] + VarintTests.encode(.max) + [0], [10] + VarintTests.encode(1 << 34),
    ] as [[UInt8]])
  func malformed(bytes: [UInt8]) {
    #expect(throws: SQLiteError(.malformedRecord, at: 77)) { try read(bytes) }
  }

  @Test func columns() throws {
    let view = lasting([4, 1, 13, 14, 5, 0xEE])
    let record = try Record(view, at: 0)
    #expect(try record.columnCount() == 3)
    #expect(try record.value(at: 0).map { StoredValue($0) } == .integer(5))
    #expect(try record.value(at: 2).map { StoredValue($0) } == .blob([0xEE]))
    #expect(try record.value(at: 3).map { StoredValue($0) } == nil)
    #expect(try record.value(at: .max).map { StoredValue($0) } == nil)
  }
}
