import Bytes

/// HMAC with SHA-256 (RFC 2104, FIPS 198-1): a digest that only who holds the key can make or check.
public enum HMACSHA256 {
  /// - Parameter key: of any length; one longer than a block of 64 bytes stands for its digest.
  @inline(never)
  public static func authenticate(_ message: ByteView, key: ByteView) -> SHA256.Digest {
    guard key.count <= 64 else {
      let digest = SHA256.hash(key)
      return digest.span.withUnsafeBytes { authenticate(message, key: ByteView($0)) }
    }
    let digest = hash(key, xor: 0x36, message)
    return digest.span.withUnsafeBytes { hash(key, xor: 0x5c, ByteView($0)) }
  }

  /// The digest of a block, the key filled up with zeros and xor'ed with `pad`, and of `rest`.
  @inline(never)
  private static func hash(_ key: ByteView, xor pad: UInt8, _ rest: ByteView) -> SHA256.Digest {
    var digest = SHA256()
    for index in Indices(64) { digest.append(index < key.count ? key[index] ^ pad : pad) }
    digest.update(rest)
    return digest.finalize()
  }

  /// The first 63 bits of the code: by this number a snapshot's table `user` knows the person of id `message`.
  public static func rowID(_ message: ByteView, key: ByteView) -> Int64 {
    let code = authenticate(message, key: key)
    return Int64(bitPattern: code.span.withUnsafeBytes { ByteView($0).u64be(0) } >> 1)
  }
}
