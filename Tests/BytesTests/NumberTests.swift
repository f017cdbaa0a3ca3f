import Bytes
import TestSupport
import Testing

@Suite struct NumberTests {
  @Test func unsignedDecimalReadsWhatIsADecimalAndNothingElse() {
    func read(_ text: String, _ maximum: UInt64 = .max) -> UInt64? {
      text.withView { $0.unsignedDecimal(maximum: maximum) }
    }
    #expect(read("0") == 0 && read("0000000000000000007") == 7)
    #expect(read("9999999999999999999") == 9_999_999_999_999_999_999, "nineteen digits fit 64 bits")
    #expect(read("18446744073709551615") == nil, "twenty digits are too many")
    #expect(read("4294967295", 4_294_967_295) == 4_294_967_295 && read("4294967296", 4_294_967_295) == nil)
    for text in ["", "-1", "+1", " 1", "1 ", "1.0", "0x1", "१", "1\0"] { #expect(read(text) == nil, "\(text)") }
    var random = SeededGenerator(1)
    for _ in 0..<5_000 {
      let value = random.next() >> UInt64(1 + random.below(63))
      let maximum = random.next() >> UInt64(random.below(64))
      #expect(read(String(value), maximum) == (value <= maximum ? value : nil))
    }
  }

  @Test func nearestEvenIsTheRoundingOfTheProcessor() {
    var random = SeededGenerator(2)
    var values: [Float] = [
      0, -0.0, 0.5, 1.5, 2.5, -0.5, -1.5, 4_194_303.5, -4_194_303.5, 4_194_304, .leastNonzeroMagnitude,
    ]
    // All ties in a range, their neighbours, and random values of all magnitudes.
    for whole in -3_000..<3_000 {
      let tie = Float(whole) + 0.5
      values += [tie, tie.nextUp, tie.nextDown]
    }
    values += (0..<100_000).map { _ in
      Float(bitPattern: UInt32(truncatingIfNeeded: random.next())).magnitude.truncatingRemainder(dividingBy: 4_194_304)
    }.filter(\.isFinite)
    for value in values { #expect(nearestEven(value) == value.rounded(.toNearestOrEven), "\(value)") }
  }

  /// FNV-1a and MurmurHash3's finaliser again, in 64-bit arithmetic reduced modulo 2³².
  private func reference(_ bytes: [UInt8], seed: UInt64) -> UInt64 {
    let modulus: UInt64 = 1 << 32
    var hash = 2_166_136_261 ^ seed
    for byte in bytes { hash = (hash ^ UInt64(byte)) * 16_777_619 % modulus }
    for (shift, factor) in [(16, 2_246_822_507), (13, 3_266_489_909), (16, 1)] as [(UInt64, UInt64)] {
      hash ^= hash / (1 << shift)
      hash = hash * factor % modulus
    }
    return hash
  }

  @Test func hash32IsTheHashThatItsCommentNames() {
    // The published FNV-1a values of these texts, before the finaliser.
    for (text, fnv) in [("", 0x811C_9DC5), ("a", 0xE40C_292C), ("foobar", 0xBF9C_F968)] as [(String, UInt32)] {
      var hash = fnv
      hash = (hash ^ hash >> 16) &* 0x85EB_CA6B
      hash = (hash ^ hash >> 13) &* 0xC2B2_AE35
      #expect(text.withView { hash32($0) } == hash ^ hash >> 16)
    }
    var random = SeededGenerator(3)
    for _ in 0..<5_000 {
      let bytes = random.bytes(random.below(40))
      let seed = UInt32(random.below(8))
      #expect(bytes.withView { UInt64(hash32($0, seed: seed)) } == reference(bytes, seed: UInt64(seed)))
    }
  }

  @Test func fixedArrayRefusesWhatDoesNotFit() {
    var array = FixedArray<Int32>(capacity: 3)
    for value in 0..<5 as Range<Int32> { #expect(array.append(value) == (value < 3)) }
    #expect(array.count == 3 && array.isFull && array[2] == 2)
    array.truncate(to: 2)
    #expect(!array.isFull && array.append(9) && array[2] == 9)
    array.removeAll()
    #expect(array.isEmpty && array.capacity == 3)
    var none = FixedArray<Int32>(capacity: 0)
    #expect(none.append(1) == false && none.isFull)
    let full = FixedArray<UInt8>(repeating: 7, count: 4)
    #expect(full.isFull && full[0] == 7 && full[3] == 7)
  }

  @Test func ownedBytesAreZeroedOrCopied() {
    for (owner, expected) in [
      (OwnedBytes(capacity: 3), [0, 0, 0]), (OwnedBytes(copying: [1, 2]), [1, 2]), (OwnedBytes(copying: []), []),
    ] as [(OwnedBytes, [UInt8])] {
      let found = withExtendedLifetime(owner) { owner.view.array }
      #expect(found == expected)
    }
  }
}
