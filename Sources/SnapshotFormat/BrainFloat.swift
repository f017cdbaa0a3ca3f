/// A Float's upper 16 bits (bfloat16): the whole range at three digits, decoded by one shift.
public enum BrainFloat {
  public static func encode(_ value: Float) -> UInt16 {
    precondition(value.isFinite)
    let bits = value.bitPattern
    // Round to nearest, ties to even; a carry moves into the exponent, as it should.
    return UInt16(truncatingIfNeeded: (bits &+ 0x7FFF &+ (bits >> 16 & 1)) >> 16)
  }

  @inlinable
  public static func decode(_ bits: UInt16) -> Float { Float(bitPattern: UInt32(bits) << 16) }

  /// Whether `bits` is a finite number that is not negative: what every weight in a snapshot has to be.
  @inlinable
  public static func isWeight(_ bits: UInt16) -> Bool { bits < 0x7F80 }
}
