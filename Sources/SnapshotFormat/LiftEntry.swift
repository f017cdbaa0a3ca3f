/// An item's lift in a region, as an entry of table `region_lift`: item number · 256 + level in one 32-bit word, the lift being
/// (level / 64)². The square gives small lifts the resolution that large ones need less: steps of 1/32 at 1, 1/8 at 16.
/// Entries go up by item number, in blocks like a column's, so that an item is found by halving.
public enum LiftEntry {
  public static let width = 4
  /// Item numbers take 24 bits.
  public static let itemMax: UInt32 = (1 << 24) - 1

  /// The nearest entry to `lift`, which is finite and not negative; at most (255 / 64)² = 15.9.
  public static func encode(item: UInt32, lift: Float) -> UInt32 {
    precondition(item <= itemMax && lift >= 0 && lift.isFinite)
    // The root by search: here is no libm.
    var level: UInt32 = 0
    while level < 255, (Float(level) + 0.5) * (Float(level) + 0.5) < lift * 4096 { level += 1 }
    return item << 8 | level
  }

  @inlinable
  public static func item(_ entry: UInt32) -> UInt32 { entry >> 8 }

  @inlinable
  public static func lift(_ entry: UInt32) -> Float {
    let level = Float(entry & 0xFF)
    return level * level * (1 / 4096 as Float)
  }
}
