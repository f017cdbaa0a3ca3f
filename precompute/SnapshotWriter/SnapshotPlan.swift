import Configuration
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

  public init(items: Int, configuration: Configuration) {
    budget = min(Int(configuration.snapshot.budgetBytes), SnapshotPlan.budgetMax)
    // Large pages hold long blocks; but each of some twenty tables takes a page at least.
    pageSize = items < 2_000 ? 4096 : items < 20_000 ? 16384 : 65536
    dimensionsWanted = configuration.models.factors.dimensions
    let tables = 24 + (configuration.rules.isEmpty ? 0 : 4) + (configuration.contexts.isEmpty ? 0 : 1)
    let left = Double(budget - items * SnapshotPlan.fixedBytesPerItem - tables * pageSize)
    let affordable = items > 0 ? Int(max(0, left) * SnapshotPlan.factorShare) / items - 4 : 0
    let step = FactorRow.dimensionsMultiple
    dimensions = max(0, min(dimensionsWanted, affordable) / step * step)
  }
}
