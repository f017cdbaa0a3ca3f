import Bytes
import SnapshotFormat

/// All that rules may ask of an item, one key after the other: its category and those above, itself, brand, price level, tags.
struct ItemKeys {
  private let item: UInt32
  private let base: BaseSnapshot
  private var category: UInt16?
  private var stage = 0
  private let tags: ByteView
  private var tag = 0
  /// A path has a handful of levels; only a hostile snapshot has endless ones.
  private var levels = 0

  private static let levelsMax = 32

  init(_ item: UInt32, _ base: BaseSnapshot) {
    self.item = item
    self.base = base
    category = base.category(of: item)
    tags = base.tags(of: item)
  }

  mutating func next() -> AttributeKey? {
    if let category, levels < ItemKeys.levelsMax {
      levels &+= 1
      self.category = base.parent(of: category)
      return AttributeKey(.category, UInt32(category))
    }
    while true {
      stage &+= 1
      switch stage {
      case 1: return AttributeKey(.item, item & 0xFF_FFFF)
      case 2:
        if let brand = base.brand(of: item) { return AttributeKey(.brand, UInt32(brand)) }
      case 3:
        if let level = base.priceLevel(of: item) { return AttributeKey(.priceLevel, UInt32(level)) }
      default:
        guard tag < NumberList.count(tags) else { return nil }
        tag &+= 1
        return AttributeKey(.tag, UInt32(NumberList.number(tags, tag &- 1)))
      }
    }
  }
}
