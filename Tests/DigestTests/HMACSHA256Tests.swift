import Bytes
import Digest
import Testing

/// The test cases of RFC 4231, section 4.
@Suite struct HMACSHA256Tests {
  static func code(_ message: [UInt8], key: [UInt8]) -> String {
    message.withUnsafeBytes { message in
      key.withUnsafeBytes { SHA256Tests.hex(HMACSHA256.authenticate(ByteView(message), key: ByteView($0))) }
    }
  }

  static let longKey = [UInt8](repeating: 0xaa, count: 131)

  @Test(arguments: [
    (
      [UInt8](repeating: 0x0b, count: 20), Array("Hi There".utf8),
      "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
    ),
    (
      Array("Jefe".utf8), Array("what do ya want for nothing?".utf8),
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    ),
    (
      [UInt8](repeating: 0xaa, count: 20), [UInt8](repeating: 0xdd, count: 50),
      "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"
    ),
    (
      Array(1...25), [UInt8](repeating: 0xcd, count: 50),
      "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"
    ),
    (
      longKey, Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
      "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
    ),
    (
      longKey,
      Array(
        ("This is a test using a larger than block-size key and a larger than block-size data. "
          + "The key needs to be hashed before being used by the HMAC algorithm.").utf8),
      "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"
    ),
  ])
  func knownCode(_ key: [UInt8], _ message: [UInt8], _ expected: String) {
    #expect(Self.code(message, key: key) == expected)
  }

  /// Case 5: the code cut to 128 bits.
  @Test func cutCode() {
    let code = Self.code(Array("Test With Truncation".utf8), key: [UInt8](repeating: 0x0c, count: 20))
    #expect(code.hasPrefix("a3b6167473100ee06e0c796c2955552b"))
  }

  /// Keys around the length of a block, against the definition written out.
  @Test(arguments: [0, 1, 63, 64, 65, 200])
  func definition(keyLength: Int) {
    let key = (0..<keyLength).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ 3) }
    let message = Array("a message".utf8)
    func digest(_ bytes: [UInt8]) -> [UInt8] {
      bytes.withUnsafeBytes { SHA256.hash(ByteView($0)) }.bytes
    }
    let padded =
      (keyLength > 64 ? digest(key) : key) + [UInt8](repeating: 0, count: keyLength > 64 ? 32 : 64 - keyLength)
    let expected = digest(padded.map { $0 ^ 0x5c } + digest(padded.map { $0 ^ 0x36 } + message))
    #expect(Self.code(message, key: key) == expected.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined())
  }
}

extension InlineArray where Element == UInt8 {
  fileprivate var bytes: [UInt8] { indices.map { self[$0] } }
}
