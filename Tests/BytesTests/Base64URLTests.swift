import Bytes
import Foundation
import TestSupport
import Testing

@Suite struct Base64URLTests {
  @Test func encodesAsFoundationDoes() {
    var random = SeededGenerator(1)
    for count in Array(0..<70) + (0..<500).map({ _ in random.below(400) }) {
      let bytes = random.bytes(count)
      let expected = Data(bytes).base64EncodedString()
        .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
      let text = encode(bytes)
      #expect(String(decoding: text, as: UTF8.self) == expected)
      #expect(text.count == Base64URL.encodedCount(count))
      #expect(decode(text) == bytes)
    }
  }

  @Test func everyTextIsRefusedOrTheOneEncodingOfItsBytes() {
    var random = SeededGenerator(2)
    var accepted = 0
    for _ in 0..<50_000 {
      let text = random.mutated(encode(random.bytes(random.below(12))))
      guard let bytes = decode(text) else { continue }
      accepted += 1
      #expect(encode(bytes) == text)
    }
    #expect(accepted > 5_000, "mutations still reach valid texts")
  }

  @Test func refusesWhatIsNotCanonical() {
    for text in ["A", "AAAAA", "AA==", "AB", "AAB", "AA+A", "AA/A", "AA A", "AA\n", "ÄÄ"] {
      #expect(decode(Array(text.utf8)) == nil, "\(text)")
    }
    #expect(decode(Array("AA".utf8)) == [0])
    #expect(decode([]) == [])
  }

  @Test func refusesWhatDoesNotFit() {
    let buffer = OwnedBytes(capacity: 2)
    var writer = ByteWriter(buffer)
    #expect(Base64URL.decode(ByteView("AAAA"), into: &writer) == false)
  }

  private func encode(_ bytes: [UInt8]) -> [UInt8] {
    written { writer in bytes.withView { Base64URL.encode($0, into: &writer) } }
  }

  private func decode(_ text: [UInt8]) -> [UInt8]? {
    var valid = false
    let bytes = written { writer in valid = text.withView { Base64URL.decode($0, into: &writer) } }
    return valid ? bytes : nil
  }
}
