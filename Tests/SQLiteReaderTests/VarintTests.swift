import Bytes
import SQLiteReader
import Testing

struct VarintTests {
  /// The format's encoding, written for the test: big-endian groups of seven bits, the ninth byte whole.
  static func encode(_ value: UInt64) -> [UInt8] {
    if value >> 56 != 0 {
      return (0..<8).map { UInt8(value >> (57 - 7 * UInt64($0)) & 0x7F) | 0x80 } + [UInt8(value & 0xFF)]
    }
    var bytes = [UInt8(value & 0x7F)]
    var rest = value >> 7
    while rest > 0 {
      bytes.insert(UInt8(rest & 0x7F) | 0x80, at: 0)
      rest >>= 7
    }
    return bytes
  }

  @Test(arguments: (0..<64).flatMap { bit in [UInt64(1) << bit, (UInt64(1) << bit) - 1, ~(UInt64(1) << bit)] })
  func everyLength(value: UInt64) {
    let encoded = Self.encode(value)
    let view = lasting([0xAA] + encoded + [0xAA])
    let varint = view.varint(at: 1)
    #expect(varint?.value == value)
    #expect(varint?.length == encoded.count)
  }

  @Test func nineBytes() {
    let view = lasting([UInt8](repeating: 0xFF, count: 10))
    #expect(view.varint(at: 0)?.value == .max)
    #expect(view.varint(at: 0)?.length == 9)
  }

  @Test func cutShort() {
    for length in 0..<9 {
      let view = lasting([UInt8](repeating: 0x80, count: length))
      #expect(view.varint(at: 0) == nil)
      #expect(view.varint(at: length) == nil)
    }
  }
}
