import Configuration
import EventLog
import SnapshotFormat

/// How the byte budget of the base file is divided before anything is trained or written.
public struct SnapshotPlan: Sendable {
  public let budget: Int
  public let pageSize: Int
  /// Factor dimensions that the budget allows, at most those asked for; 0 for none.
  public let dimensions: Int
  public let dimensionsWanted: Int
  /// Trees of a ranker that its row, which the scorer reads in place, has room for on a page beside the ranker's name.
  public var treesMax: Int {
    min(TreeEnsemble.treesMax, (BlockSize.bytes(pageSize: pageSize) - 16) / TreeEnsemble.treeWidth)
  }

  /// What hosts take. Edge key-value stores take 25 MiB, and publishing to one refuses more.
  public static let budgetMax = 64 << 20
  /// Factors take at most this share of what the items' fixed columns leave.
  static let factorShare = 0.35
  /// Column bytes of an item, its slot and id among them.
  static let fixedBytesPerItem = 37

  /// - Parameter idBytes: of all ids together.
  public init(items: Int, idBytes: Int = 0, configuration: Configuration) {
    budget = min(Int(configuration.snapshot.budgetBytes), SnapshotPlan.budgetMax)
    pageSize = SnapshotPlan.pageSize(items: items)
    dimensionsWanted = configuration.models.factors.dimensions
    let left = Double(
      budget - items * SnapshotPlan.fixedBytesPerItem - SnapshotPlan.tableBytes(items: items, configuration))
    // Ids are short; where they are not, they must not take the place that was meant for factors as well.
    let spent = min(left * SnapshotPlan.factorShare, (left - Double(idBytes)) / 2)
    let affordable = items > 0 ? Int(max(0, spent)) / items - 4 : 0
    let step = FactorRow.dimensionsMultiple
    dimensions = max(0, min(dimensionsWanted, affordable) / step * step)
  }

  public init(_ table: EventTable, _ configuration: Configuration) {
    self.init(
      items: table.itemIDs.count, idBytes: table.itemIDs.reduce(0) { $0 + $1.utf8.count }, configuration: configuration)
  }

  /// Large pages hold long blocks; but each table takes a page at least.
  private static func pageSize(items: Int) -> Int { items < 2_000 ? 4096 : items < 20_000 ? 16384 : 65536 }

  /// Bytes of some twenty tables, if each takes a page.
  static func tableBytes(items: Int, _ configuration: Configuration) -> Int {
    let tables = 24 + (configuration.rules.isEmpty ? 0 : 4) + (configuration.contexts.isEmpty ? 0 : 1)
    return tables * pageSize(items: items)
  }
}
