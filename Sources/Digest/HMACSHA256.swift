import Bytes

/// HMAC with SHA-256 (RFC 2104, FIPS 198-1): a digest that only who holds the key can make or check.
public struct HMACSHA256: Sendable {
  /// Has taken in the key, xor'ed with `ipad`; then the message.
  private var inner = SHA256()
  /// Has taken in the key, xor'ed with `opad`.
  private var outer = SHA256()

  /// - Parameter key: of any length; one longer than a block of 64 bytes stands for its digest.
  public init(key: ByteView) {
    var block = InlineArray<64, UInt8>(repeating: 0x36)
    if key.count > 64 {
      let digest = SHA256.hash(key)
      for index in 0..<32 { block[index] ^= digest[index] }
    } else {
      for index in 0..<key.count { block[index] ^= key[index] }
    }
    block.span.withUnsafeBytes { inner.update(ByteView($0)) }
    for index in 0..<64 { block[index] ^= 0x36 ^ 0x5c }
    block.span.withUnsafeBytes { outer.update(ByteView($0)) }
  }

  public mutating func update(_ message: ByteView) { inner.update(message) }

  /// The code of all that was given; ends the use of this value.
  public mutating func finalize() -> SHA256.Digest {
    let digest = inner.finalize()
    digest.span.withUnsafeBytes { outer.update(ByteView($0)) }
    return outer.finalize()
  }

  @inline(never)
  public static func authenticate(_ message: ByteView, key: ByteView) -> SHA256.Digest {
    var code = HMACSHA256(key: key)
    code.update(message)
    return code.finalize()
  }

  /// The first 63 bits of the code: by this number a snapshot's table `user` knows the person of id `message`.
  public static func rowID(_ message: ByteView, key: ByteView) -> Int64 {
    let code = authenticate(message, key: key)
    return Int64(bitPattern: code.span.withUnsafeBytes { ByteView($0).u64be(0) } >> 1)
  }
}
