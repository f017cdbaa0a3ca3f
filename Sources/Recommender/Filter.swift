import Bytes
import SnapshotFormat

/// What may be a candidate at all, whatever source names it. Costs nothing where a request, its recipe and the shop set no bound.
struct Filter: ~Copyable {
  /// Nil: everything is admitted.
  private var base: BaseSnapshot?
  private var lowest: UInt32 = 0
  private var highest = UInt32.max
  /// Nothing else than this category.
  private var category: UInt16?
  private var dependsOnRegion = false
  /// Nil for a region that the shop does not know.
  private var region: UInt16?
  private var excluded = FixedArray<AttributeKey>(capacity: Adjustments.countMax)
  /// Groups of which a variant is on the page, in the cart or in the answer.
  private var groups = FixedArray<UInt32>(capacity: 256)

  var isActive: Bool { base != nil }

  mutating func removeAll() {
    base = nil
    (lowest, highest) = (0, .max)
    category = nil
    dependsOnRegion = false
    excluded.removeAll()
    groups.removeAll()
  }

  /// Prices from `lowest` to `highest`, in minor units; an item without a price is in no range.
  @inline(never)
  mutating func admitPrices(_ lowest: UInt32, _ highest: UInt32, _ base: BaseSnapshot) {
    self.lowest = max(self.lowest, lowest)
    self.highest = min(self.highest, highest)
    if self.lowest > 0 || self.highest < .max { self.base = base }
  }

  @inline(never)
  mutating func admitOnly(_ category: UInt16, _ base: BaseSnapshot) {
    self.category = category
    self.base = base
  }

  /// What is sold to visitors of region `code`; everything where there is none.
  mutating func admitRegion(_ code: ByteView, _ base: BaseSnapshot) {
    guard base.isSoldApart, !code.isEmpty else { return }
    dependsOnRegion = true
    region = base.region(named: code)
    self.base = base
  }

  mutating func exclude(_ key: AttributeKey, _ base: BaseSnapshot) {
    excluded.append(key)
    self.base = base
  }

  /// Refuses the variants of `item`.
  @inline(never)
  mutating func excludeGroup(of item: UInt32, _ base: BaseSnapshot) {
    guard let group = base.group(of: item) else { return }
    groups.append(group)
    self.base = base
  }

  @inline(never)
  func admits(_ item: UInt32) -> Bool {
    guard let base else { return true }
    guard base.affords(2 &+ 2 &* excluded.count) else { return false }
    if lowest > 0 || highest < .max {
      guard let price = base.price(of: item), price >= lowest, price <= highest else { return false }
    }
    if let category, !base.isItem(item, in: category) { return false }
    if dependsOnRegion, !base.isSold(item, in: region) { return false }
    for index in excluded.indices where base.isItem(item, excluded[index]) { return false }
    if !groups.isEmpty, let group = base.group(of: item) {
      guard base.affords(groups.count) else { return false }
      for index in groups.indices where groups[index] == group { return false }
    }
    return true
  }
}
