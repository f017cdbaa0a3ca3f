/// A 64-bit hash for keys of tables in memory: FNV-1a over the bytes, then MurmurHash3's 64-bit finaliser.
@inline(never)
/// `kind` goes in behind the bytes, so that no text of one kind is another text of another.
public func hash64(_ bytes: ByteView, seed: UInt64, kind: UInt64) -> UInt64 {
  var hash: UInt64 = 0xCBF2_9CE4_8422_2325 ^ seed
  for index in bytes.indices { hash = (hash ^ UInt64(bytes[index])) &* 0x0000_0100_0000_01B3 }
  hash = hash &+ kind &* 0x9E37_79B9_7F4A_7C15
  hash ^= hash >> 33
  hash = hash &* 0xFF51_AFD7_ED55_8CCD
  hash ^= hash >> 33
  hash = hash &* 0xC4CE_B9FE_1A85_EC53
  return hash ^ (hash >> 33)
}
