/// A 64-bit hash for keys of tables in memory: FNV-1a over the bytes, then MurmurHash3's 64-bit finaliser.
@inline(never)
public func hash64(_ bytes: ByteView, seed: UInt64 = 0) -> UInt64 {
  var hash: UInt64 = 0xCBF2_9CE4_8422_2325 ^ seed
  for index in bytes.indices { hash = (hash ^ UInt64(bytes[index])) &* 0x0000_0100_0000_01B3 }
  hash ^= hash >> 33
  hash = hash &* 0xFF51_AFD7_ED55_8CCD
  hash ^= hash >> 33
  hash = hash &* 0xC4CE_B9FE_1A85_EC53
  return hash ^ (hash >> 33)
}
