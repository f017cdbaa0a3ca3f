import Bytes

/// Where texts stand in a table is decided by a number that nobody knows: whoever makes up ids could choose them so that each look-up
/// walks past all of them. Nothing that is written may depend on it.
enum HashSecret {
  static let ofProcess = UInt64.random(in: .min ... .max)
}

/// A hash for tables in memory, eight bytes at a time: multiply by an odd number and fold the high half back.
/// - Parameter secret: decides which texts meet; 0 where the hash has to be the same in each process.
func hash64(_ text: ByteView, secret: UInt64) -> UInt64 {
  var hash = UInt64(truncatingIfNeeded: text.count) &* 0x9E37_79B9_7F4A_7C15 ^ secret
  var index = 0
  while index + 8 <= text.count {
    hash = mix(hash ^ text.u64le(index), secret)
    index += 8
  }
  var tail: UInt64 = 0
  while index < text.count {
    tail = tail << 8 | UInt64(text[index])
    index += 1
  }
  return mix(hash ^ tail, secret)
}

func mix(_ value: UInt64, _ secret: UInt64) -> UInt64 {
  let product = value.multipliedFullWidth(by: 0xD6E8_FEB8_6659_FD93 ^ secret << 1)
  return product.high ^ product.low
}
