/// The 32-bit hash by which tokens and the snapshot's index name an external id: FNV-1a over the bytes, then
/// MurmurHash3's finaliser. It is part of the snapshot and token formats.
@inlinable
public func hash32(_ bytes: ByteView, seed: UInt32 = 0) -> UInt32 {
  var hash: UInt32 = 0x811C_9DC5 ^ seed
  for index in bytes.indices {
    hash = (hash ^ UInt32(bytes[index])) &* 0x0100_0193
  }
  hash ^= hash >> 16
  hash = hash &* 0x85EB_CA6B
  hash ^= hash >> 13
  hash = hash &* 0xC2B2_AE35
  return hash ^ (hash >> 16)
}
