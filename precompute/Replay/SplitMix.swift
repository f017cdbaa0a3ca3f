/// SplitMix64 (Steele, Lea, Flood 2014): the same numbers for the same seed, everywhere.
package struct SplitMix: RandomNumberGenerator {
  private var state: UInt64

  /// `stream` tells sequences of one seed apart.
  package init(seed: UInt64, stream: Int = 0) {
    state = seed
    state = next() ^ UInt64(truncatingIfNeeded: stream) &* 0xD134_2543_DE82_EF95
  }

  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// A number below `bound`, by multiplication (Lemire 2019, without the correction: `bound` is far below 2⁶⁴).
  package mutating func next(below bound: Int) -> Int { Int(next().multipliedFullWidth(by: UInt64(bound)).high) }
}
