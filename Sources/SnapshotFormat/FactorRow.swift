import Bytes

/// An item's factors: the scale (Float) and `dimensions` signed bytes; factor d is `scale · byte d`.
public enum FactorRow {
  /// The kernel takes eight at a time; the upper bound keeps its sums inside 32 bits.
  public static let dimensionsMultiple = 8
  public static let dimensionsMax = 128

  public static func width(dimensions: Int) -> Int { 4 + dimensions }

  public static func encode(scale: Float, values: [Int8]) -> [UInt8] {
    var bytes = [UInt8]()
    let bits = scale.bitPattern
    for shift in [0, 8, 16, 24] { bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(shift))) }
    for value in values { bytes.append(UInt8(bitPattern: value)) }
    return bytes
  }

  /// Zero for anything that is no finite number, so that a damaged row adds nothing.
  @inlinable
  public static func scale(_ row: ByteView) -> Float {
    let scale = row.f32le(0)
    return scale.isFinite ? scale : 0
  }
}
