import Bytes
import Digest
import Testing

/// NIST's example vectors (FIPS 180-4 and the CAVP short and long messages) and the ways of cutting an input.
@Suite struct SHA256Tests {
  static func hex(_ digest: SHA256.Digest) -> String {
    digest.indices.map { (digest[$0] < 16 ? "0" : "") + String(digest[$0], radix: 16) }.joined()
  }

  static func hash(_ bytes: [UInt8]) -> String { bytes.withUnsafeBytes { hex(SHA256.hash(ByteView($0))) } }

  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
  ])
  func knownDigest(_ text: String, _ digest: String) {
    #expect(Self.hash(Array(text.utf8)) == digest)
  }

  @Test func aMillionTimesA() {
    let digest = Self.hash([UInt8](repeating: 0x61, count: 1_000_000))
    #expect(digest == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
  }

  @Test(arguments: [0, 1, 55, 56, 57, 63, 64, 65, 119, 127, 128, 200])
  func anyCutGivesTheSameDigest(length: Int) {
    let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ 7) }
    for cut in 0...length {
      var digest = SHA256()
      bytes[..<cut].withUnsafeBytes { digest.update(ByteView($0)) }
      bytes[cut...].withUnsafeBytes { digest.update(ByteView($0)) }
      #expect(Self.hex(digest.finalize()) == Self.hash(bytes))
    }
  }
}
