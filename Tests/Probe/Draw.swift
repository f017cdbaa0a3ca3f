/// SplitMix64: the same numbers in every engine.
struct Draw {
  private var state: UInt64

  init(_ seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// From 0 to `bound`, not including it.
  mutating func below(_ bound: Int) -> Int { Int(truncatingIfNeeded: next() % UInt64(bound)) }
  mutating func byte() -> UInt8 { UInt8(truncatingIfNeeded: next() >> 56) }
  mutating func number() -> UInt32 { UInt32(truncatingIfNeeded: next() >> 32) }
}
