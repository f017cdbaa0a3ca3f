import Bytes

/// The index from an item's 32-bit name to its number: open addressing with linear probing over the `slot` column,
/// each slot an item number plus one, zero when empty.
///
/// An item's 32-bit name is `hash32(id, seed: salt)`, the salt being 0 but for the few items whose name would meet an
/// earlier item's: the builder gives those the next free salt and writes it to table `item_salt`. Names are
/// therefore unique within a snapshot, and a token may hold names instead of ids.
public enum SlotIndex {
  /// Salts 0..<saltCount are tried in turn; n items meet in 32 bits n²/2³³ times, so a million items need salt 1 some
  /// 116 times and salt 2 hardly ever.
  public static let saltCount: UInt32 = 8

  /// Slots that a look-up probes at most. At a load of 0.7 the longest run among a million items is some 200.
  public static let probesMax: UInt32 = 2048

  /// Slots for `items` items: a load of at most 0.7, where a look-up probes 1.7 slots in the mean.
  public static func slotCount(items: Int) -> Int { max(8, items + items * 3 / 7 + 1) }

  /// The slot where probing for `name` starts.
  @inlinable
  public static func start(name: UInt32, slotCount: UInt32) -> UInt32 {
    UInt32(truncatingIfNeeded: (UInt64(name) &* UInt64(slotCount)) >> 32)
  }

  /// The slots for unique `names` (by item number).
  /// - Precondition: no name is more than `probesMax` slots from its start.
  public static func build(names: [UInt32]) -> [UInt32] {
    let count = slotCount(items: names.count)
    var slots = [UInt32](repeating: 0, count: count)
    for (item, name) in names.enumerated() {
      var slot = Int(start(name: name, slotCount: UInt32(count)))
      var probes: UInt32 = 1
      while slots[slot] != 0 {
        slot = slot + 1 == count ? 0 : slot + 1
        probes += 1
      }
      precondition(probes <= probesMax)
      slots[slot] = UInt32(item) + 1
    }
    return slots
  }
}
