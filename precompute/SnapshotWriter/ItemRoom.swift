import Configuration
import EventLog

/// How many items a base has room for: what each takes whether it has lists or not, beside what else a base needs.
struct ItemRoom {
  private let log: EventLog
  private let configuration: Configuration
  /// Bytes for tables and items.
  private let bytes: Int
  private let bytesPerItem: Int
  private let share: Double

  /// What items may take at most of what tables leave where there is no catalogue; the rest is for lists and factors.
  private static let share = 0.75
  /// What items that only events know may take at most of what the catalogue leaves, so that made-up ones displace few lists.
  private static let unlistedShare = 0.25

  init(_ log: EventLog, _ configuration: Configuration, listedOnly: Bool) {
    (self.log, self.configuration) = (log, configuration)
    let items = log.catalogue.items
    let isListed = items.contains { $0.isListed }
    share = isListed ? listedOnly ? 0 : ItemRoom.unlistedShare : ItemRoom.share
    let hasTexts = items.contains { !$0.title.isEmpty || !$0.category.isEmpty || !$0.brand.isEmpty || !$0.tags.isEmpty }
    let taken =
      (hasTexts ? configuration.search.share : 0) + (configuration.users.hasRows ? configuration.users.share : 0)
    let budget = min(Int(configuration.snapshot.budgetBytes), SnapshotPlan.budgetMax)
    // A region has its code, and that of the region which serves it.
    let regions = log.table.regionNames.reduce(0) { $0 + 2 * $1.utf8.count + 16 }
    bytes = Int(Double(budget) * (1 - taken)) - regions
    let columns = [
      items.contains { !$0.tags.isEmpty }, items.contains { !$0.group.isEmpty }, items.contains { !$0.regions.isEmpty },
    ]
    bytesPerItem = SnapshotPlan.fixedBytesPerItem + 4 * columns.count { $0 }
  }

  /// How many of `order`, the items of the catalogue being the first: these have to find room, as many as they are, and so have all where
  /// the budget is too small for any.
  func count(of order: [Int]) -> Int {
    let listed = order.prefix { log.catalogue.items[$0].isListed }
    let listedBytes = listed.reduce(0) { $0 + bytes(of: $1) }
    var (count, unlistedBytes) = (listed.count, 0)
    for item in order[listed.endIndex...] {
      unlistedBytes += bytes(of: item)
      let left = bytes - SnapshotPlan.tableBytes(items: count + 1, configuration) - listedBytes
      if Double(unlistedBytes) > share * Double(left) { break }
      count += 1
    }
    return count == 0 ? order.count : count
  }

  private func bytes(of item: Int) -> Int { bytesPerItem + log.table.itemIDs[item].utf8.count }
}
