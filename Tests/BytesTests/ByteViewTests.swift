import Bytes
import TestSupport
import Testing

@Suite struct ByteViewTests {
  static let extremes = [Int.min, Int.min + 1, -1, 0, 1, 7, 8, 9, Int.max - 1, Int.max]

  @Test func sliceGivesExactlyWhatLiesInside() {
    let bytes = Array("01234567".utf8)
    bytes.withView { view in
      for offset in Self.extremes {
        for length in Self.extremes {
          let inside = offset >= 0 && length >= 0 && offset <= 8 && length <= 8 && offset + length <= 8
          #expect(view.has(offset, length) == inside)
          #expect(view.slice(offset, length)?.array == (inside ? Array(bytes[offset..<offset + length]) : nil))
        }
      }
    }
  }

  @Test func prefixAndDropsClamp() {
    let bytes = Array("01234567".utf8)
    bytes.withView { view in
      for length in Self.extremes {
        let clamped = max(0, min(8, length))
        #expect(view.prefix(length).array == Array(bytes.prefix(clamped)))
        #expect(view.dropFirst(length).array == Array(bytes.dropFirst(clamped)))
        #expect(view.dropLast(length).array == Array(bytes.dropLast(clamped)))
      }
    }
  }

  @Test func loadsAreTheSumsOfTheirBytes() {
    var random = SeededGenerator(1)
    for _ in 0..<2_000 {
      let bytes = random.bytes(16)
      let offset = random.below(9)
      func number(_ width: Int, bigEndian: Bool) -> UInt64 {
        (0..<width).reduce(0) { sum, place in
          sum + UInt64(bytes[offset + place]) << UInt64(8 * (bigEndian ? width - 1 - place : place))
        }
      }
      bytes.withView { view in
        #expect(UInt64(view.u16le(offset)) == number(2, bigEndian: false))
        #expect(UInt64(view.u32le(offset)) == number(4, bigEndian: false))
        #expect(view.u64le(offset) == number(8, bigEndian: false))
        #expect(UInt64(view.u16be(offset)) == number(2, bigEndian: true))
        #expect(UInt64(view.u32be(offset)) == number(4, bigEndian: true))
        #expect(view.u64be(offset) == number(8, bigEndian: true))
        #expect(UInt64(view.f32le(offset).bitPattern) == number(4, bigEndian: false))
      }
    }
  }

  @Test func compareIsTheOrderOfBytesShorterFirst() {
    var random = SeededGenerator(2)
    for _ in 0..<20_000 {
      // Few values and short texts, so that equal texts and prefixes occur.
      let pair = (0..<2).map { _ in (0..<random.below(5)).map { _ in [0, 0x7F, 0x80, 0xFF][random.below(4)] as UInt8 } }
      let expected = pair[0] == pair[1] ? 0 : pair[0].lexicographicallyPrecedes(pair[1]) ? -1 : 1
      let (found, equal) = pair[0].withView { a in pair[1].withView { b in (a.compare(b), a.equals(b)) } }
      #expect(found == expected)
      #expect(equal == (expected == 0))
    }
  }

  @Test func caseIsIgnoredForASCIILettersAlone() {
    for byte in UInt8.min...UInt8.max {
      let lower: UInt8 = (0x41...0x5A).contains(byte) ? byte + 32 : byte
      #expect(asciiLowercased(byte) == lower)
      let matches = [UInt8(ascii: "x"), byte].withView { $0.equalsIgnoringCase("x[") }
      #expect(matches == (byte == UInt8(ascii: "[")), "{ is not [ in lower case")
    }
    for (text, isEqual) in [
      ("Content-LENGTH", true), ("content-lengt", false), ("content-length ", false), ("", false),
    ] {
      #expect(text.withView { $0.equalsIgnoringCase("content-length") } == isEqual)
    }
  }

  @Test func firstIndexStartsWhereItIsTold() {
    "a,b,c".withView { view in
      #expect(view.firstIndex(of: UInt8(ascii: ",")) == 1)
      #expect(view.firstIndex(of: UInt8(ascii: ","), from: 2) == 3)
      #expect(view.firstIndex(of: UInt8(ascii: ","), from: -9) == 1)
      #expect(view.firstIndex(of: UInt8(ascii: ","), from: 4) == nil)
      #expect(view.firstIndex(of: UInt8(ascii: ","), from: .max) == nil)
    }
  }

  @Test func trimmedDropsSpacesAndTabsAtTheEndsAlone() {
    for (text, trimmed) in [(" \t a \tb\t ", "a \tb"), ("", ""), (" \t ", ""), ("\na", "\na")] {
      #expect(text.withView { $0.trimmed.string } == trimmed)
    }
  }

  @Test func emptyBuffersGiveEmptyViews() {
    for count in 0..<1 {
      let view = ByteView(UnsafeRawBufferPointer(start: nil, count: count))
      #expect(view.array == [])
      #expect(view.has(0, 0))
      #expect(!view.has(0, 1))
    }
  }

  /// Against the standard library's decoder, which follows the same table of Unicode.
  @Test func utf8IsValidWhereTheStandardLibrarySaysSo() {
    var random = SeededGenerator(3)
    let pieces: [[UInt8]] = ["a", "ä", "€", "𝄞", "\u{10FFFF}", "\u{D7FF}", "\u{E000}"].map { Array($0.utf8) }
    for _ in 0..<20_000 {
      var bytes = (0..<random.below(4)).flatMap { _ in pieces[random.below(pieces.count)] }
      if random.once(in: 2) { bytes = random.mutated(bytes) }
      #expect(bytes.withView { $0.isValidUTF8 } == (String(validating: bytes, as: UTF8.self) != nil))
    }
  }
}
