extension ByteView {
  /// The value of an unsigned decimal number without sign or space, or nil where it is none or above `maximum`.
  public func unsignedDecimal(maximum: UInt64 = UInt64(UInt32.max)) -> UInt64? {
    // Nineteen digits stay below 2^63, so the sum below cannot overflow.
    guard count > 0, count <= 19 else { return nil }
    var value: UInt64 = 0
    for index in indices {
      let digit = self[index] &- 0x30
      guard digit <= 9 else { return nil }
      value = value &* 10 &+ UInt64(digit)
    }
    return value <= maximum ? value : nil
  }
}
