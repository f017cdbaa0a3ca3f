import Foundation
import SnapshotFormat

/// The space in which visitors are clustered: three groups of shares, each a distribution of its own: topics, cheap or dear, new or
/// settled. The divergence of a visitor from a cluster is the sum of the groups' Kullback–Leibler divergences, whose terms in the
/// visitor are linear: what a scorer can add up item by item.
struct BehaviourSpace: Sendable {
  let topics: Int
  /// Everybody's shares.
  private(set) var mean: [Double]

  var dimensions: Int { topics + 4 }
  var dear: Int { topics }
  var cheap: Int { topics + 1 }
  var fresh: Int { topics + 2 }
  var settled: Int { topics + 3 }
  private var groups: [Range<Int>] { [0..<topics, dear..<fresh, fresh..<dimensions] }

  /// The share of everybody that is added to a cluster's people, as a number of people: no share is 0, and a cluster of few is like
  /// everybody.
  static let smoothing = 1.0
  /// Below this a share counts as this.
  private static let floor = 1e-4

  init(topics: Int, points: SparsePoints) {
    self.topics = topics
    var sums = [Double](repeating: 0, count: topics + 4)
    for row in 0..<points.count { for (column, value) in points.cells(row) { sums[column] += Double(value) } }
    mean = [Double](repeating: 0, count: topics + 4)
    mean = normalised(sums, smoothing: 0)
  }

  /// A visitor's shares; nil for one without a topic.
  static func point(_ visitor: Int, of visitors: VisitorBehaviour, topics: Int) -> [(column: Int, value: Float)]? {
    let totals = visitors.totals[visitor]
    let counts = Array(visitors.topics(of: visitor))
    let items = counts.reduce(0) { $0 + $1.count }
    guard items > 0 else { return nil }
    var point = counts.map { (column: $0.topic, value: Float($0.count) / Float(items)) }
    if totals.priced > 0 {
      let dear = Float(totals.levels) / Float(totals.priced * ItemBehaviour.levelMax)
      point += [(topics, dear), (topics + 1, 1 - dear)]
    }
    let fresh = Float(totals.fresh) / Float(totals.items)
    return point + [(topics + 2, fresh), (topics + 3, 1 - fresh)]
  }

  /// Σ x ln(x / mean): the part of the divergence that does not depend on the cluster, everybody's shares being the unit.
  func selfTerm(_ point: [(column: Int, value: Float)]) -> Double {
    point.reduce(0) { sum, cell in
      cell.value > 0 ? sum + Double(cell.value) * log(Double(cell.value) / mean[cell.column]) : sum
    }
  }

  /// ln(cluster's share / everybody's share) of each feature, from the sum of the cluster's points.
  func dual(_ sums: [Double]) -> [Double] {
    zip(normalised(sums, smoothing: BehaviourSpace.smoothing), mean).map { log($0 / $1) }
  }

  /// The cluster's shares, each group's adding up to 1.
  func shares(_ sums: [Double]) -> [Double] { normalised(sums, smoothing: BehaviourSpace.smoothing) }

  private func normalised(_ sums: [Double], smoothing: Double) -> [Double] {
    var shares = sums
    for group in groups {
      let total = group.reduce(0) { $0 + sums[$1] } + smoothing
      for column in group {
        let share = total > 0 ? (sums[column] + smoothing * mean[column]) / total : 1 / Double(group.count)
        shares[column] = max(BehaviourSpace.floor, share)
      }
    }
    return shares
  }
}
