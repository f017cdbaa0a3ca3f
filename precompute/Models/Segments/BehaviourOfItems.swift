import EventLog
import SnapshotFormat

/// What interest in an item says of a visitor, by item: topic, price level, and when the item arrived.
struct BehaviourOfItems: Sendable {
  private let topics: [Int?]
  private let levels: [Int?]
  /// Seconds since 1970; nil where the item may be older than the log.
  private let arrivals: [UInt32?]
  /// Seconds that an item stays new.
  private let window: UInt32

  /// - Parameter window: items of the log's first so many seconds are not known to be new.
  init(
    _ table: EventTable, _ catalogue: Catalogue, _ attributes: ItemAttributes, topics: ItemTopics, window: UInt32
  ) {
    self.topics = topics.ofItem
    self.window = window
    levels = BehaviourOfItems.levels(catalogue, attributes)
    arrivals = BehaviourOfItems.arrivals(table, window)
  }

  func behaviour(of item: Int, at time: UInt32) -> ItemBehaviour {
    let isNew = arrivals[item].map { $0 <= time && time - $0 <= window } ?? false
    return ItemBehaviour(topic: topics[item], priceLevel: levels[item], isNew: isNew)
  }

  /// By item: where its price stands, and nothing else.
  static func prices(_ catalogue: Catalogue, _ attributes: ItemAttributes) -> [ItemBehaviour] {
    levels(catalogue, attributes).map { ItemBehaviour(topic: nil, priceLevel: $0, isNew: false) }
  }

  /// Fewer priced items than this have no order to speak of: the category above decides, at last all items.
  private static let kindMinimum = 8

  /// The middle of the ranks that the item's price takes among the priced items of its category.
  private static func levels(_ catalogue: Catalogue, _ attributes: ItemAttributes) -> [Int?] {
    let everything = attributes.categories.count
    let priced = attributes.categoryOfItem.indices.filter {
      $0 < catalogue.items.count && catalogue.items[$0].price != nil
    }
    var pricesOfKind = [[UInt32]](repeating: [], count: everything + 1)
    func kinds(_ item: Int) -> [Int] {
      attributes.chain(from: attributes.categoryOfItem[item]).map(Int.init) + [everything]
    }
    for item in priced { for kind in kinds(item) { pricesOfKind[kind].append(catalogue.items[item].price!) } }
    for kind in pricesOfKind.indices { pricesOfKind[kind].sort() }
    var levels = [Int?](repeating: nil, count: attributes.categoryOfItem.count)
    for item in priced {
      guard let kind = kinds(item).first(where: { pricesOfKind[$0].count >= kindMinimum }) else { continue }
      let (prices, price) = (pricesOfKind[kind], catalogue.items[item].price!)
      let (below, through) = (prices.firstIndex(notBelow: price), prices.firstIndex(notBelow: price + 1))
      levels[item] = (ItemBehaviour.levelMax + 1) * (below + through) / (2 * prices.count)
    }
    return levels
  }

  private static func arrivals(_ table: EventTable, _ window: UInt32) -> [UInt32?] {
    guard let start = table.times.min() else { return [UInt32?](repeating: nil, count: table.itemIDs.count) }
    var first = [UInt32](repeating: .max, count: table.itemIDs.count)
    for (item, time) in zip(table.items, table.times) { first[Int(item)] = min(first[Int(item)], time) }
    return first.map { $0 != .max && $0 - start > window ? $0 : nil }
  }
}

extension [UInt32] {
  /// In an ascending array: the first index whose element is at least `bound`.
  fileprivate func firstIndex(notBelow bound: UInt32) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if self[middle] < bound { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
