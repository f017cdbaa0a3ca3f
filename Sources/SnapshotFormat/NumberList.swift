import Bytes

/// A few numbers in ascending order, as in the tag and region heaps: how many (1 byte), then 2 bytes for each, little-endian.
public enum NumberList {
  public static let countMax = 255

  public static func encode(_ numbers: [UInt16]) -> [UInt8] {
    precondition(numbers.count <= countMax && zip(numbers, numbers.dropFirst()).allSatisfy { $0 < $1 })
    return [UInt8(numbers.count)]
      + numbers.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] }
  }

  /// Whether the list at the start of `bytes` holds `number`. A list that is cut off holds what is left of it.
  @inline(never)
  public static func contains(_ number: UInt16, in bytes: ByteView) -> Bool {
    for index in Indices(count(bytes)) where self.number(bytes, index) == number { return true }
    return false
  }

  public static func count(_ bytes: ByteView) -> Int { bytes.isEmpty ? 0 : min(Int(bytes[0]), (bytes.count &- 1) / 2) }

  /// The number at `index`, below `count`.
  public static func number(_ bytes: ByteView, _ index: Int) -> UInt16 { bytes.u16le(1 &+ 2 &* index) }
}
