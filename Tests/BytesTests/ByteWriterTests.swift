import Bytes
import Foundation
import TestSupport
import Testing

@Suite struct ByteWriterTests {
  /// Random operations on a writer in the middle of a larger buffer: the bytes around it stay, and what was accepted is there.
  @Test func nothingIsWrittenOutside() {
    var random = SeededGenerator(1)
    let guardByte: UInt8 = 0xA5
    for _ in 0..<2_000 {
      let capacity = random.below(24)
      let memory = OwnedBytes(copying: [UInt8](repeating: guardByte, count: capacity + 64))
      var writer = ByteWriter(base: memory.start + 32, capacity: capacity)
      var model: [UInt8] = []
      var overflowed = false
      func accept(_ bytes: [UInt8]) {
        if bytes.count > capacity - model.count { overflowed = true } else { model += bytes }
      }
      for _ in 0..<random.below(12) {
        switch random.below(4) {
        case 0:
          let byte = UInt8(truncatingIfNeeded: random.next())
          writer.append(byte)
          accept([byte])
        case 1:
          let bytes = random.bytes(random.below(9))
          bytes.withView { writer.append($0) }
          accept(bytes)
        case 2:
          let length = random.below(model.count + 1)
          writer.truncate(to: length)
          model.removeLast(model.count - length)
          overflowed = false
        default:
          let bytes = random.bytes(random.below(model.count + 1))
          let offset = random.below(model.count - bytes.count + 1)
          bytes.withView { writer.overwrite(at: offset, with: $0) }
          model.replaceSubrange(offset..<offset + bytes.count, with: bytes)
        }
      }
      #expect(writer.view.array == model)
      #expect(writer.overflowed == overflowed)
      let around = memory.view.prefix(32).array + memory.view.dropFirst(32 + capacity).array
      #expect(around.allSatisfy { $0 == guardByte })
    }
  }

  @Test func decimalsAreWhatTheStandardLibraryPrints() {
    var random = SeededGenerator(2)
    var values: [UInt64] = [0, 1, 9, 10, 99, 100, .max, .max - 1, UInt64(Int64.max), 1 << 63]
    values += (0..<5_000).map { _ in random.next() >> UInt64(random.below(64)) }
    for value in values {
      #expect(text { $0.appendDecimal(value) } == String(value))
      let signed = Int64(bitPattern: value)
      #expect(text { $0.appendDecimal(signed) } == String(signed))
    }
    #expect(text { $0.appendDecimal(Int64.min) } == "-9223372036854775808")
  }

  @Test func fixedIsTheExactQuotient() {
    var random = SeededGenerator(3)
    for _ in 0..<5_000 {
      let units = random.next() >> UInt64(random.below(64))
      let decimals = random.below(20)
      let quotient = Decimal(units) / pow(Decimal(10), decimals)
      let found = text { $0.appendFixed(units, decimals: decimals) }
      #expect(Decimal(string: found) == quotient)
      #expect(found.split(separator: ".").dropFirst().first?.count ?? 0 == decimals)
    }
    #expect(text { $0.appendFixed(5, decimals: 4) } == "0.0005")
    #expect(text { $0.appendFixed(1230, decimals: 2) } == "12.30")
    #expect(text { $0.appendFixed(.max, decimals: 0) } == "18446744073709551615")
  }

  @Test func littleEndianKeepsTheLowestBytes() {
    for count in 0...4 {
      let bytes = written { $0.appendLittleEndian(0x0403_0201, count: count) }
      #expect(bytes == Array([1, 2, 3, 4].prefix(count)))
    }
  }

  private func text(_ body: (inout ByteWriter) -> Void) -> String { String(decoding: written(body), as: UTF8.self) }
}
