import Foundation
import SnapshotFormat

/// Rows to rank, in groups of which one row each is right.
public struct RankingExamples: Sendable {
  public let featureCount: Int
  /// Row after row, `featureCount` numbers each, all finite.
  public private(set) var features: [Float] = []
  /// One more than there are groups; group `g` holds rows `offsets[g]..<offsets[g + 1]`.
  public private(set) var offsets: [Int] = [0]
  /// By group: the row that is right.
  public private(set) var targets: [Int] = []

  public init(featureCount: Int) { self.featureCount = featureCount }

  public var groupCount: Int { targets.count }
  public var rowCount: Int { offsets[groupCount] }

  /// Adds a group of `rows.count / featureCount` rows.
  public mutating func append(_ rows: some Collection<Float>, target: Int) {
    features += rows
    targets.append(rowCount + target)
    offsets.append(features.count / featureCount)
    precondition(features.count % featureCount == 0 && targets[groupCount - 1] < rowCount)
  }

  public mutating func append(contentsOf other: RankingExamples) {
    precondition(featureCount == other.featureCount)
    let base = rowCount
    features += other.features
    targets += other.targets.map { base + $0 }
    offsets += other.offsets.dropFirst().map { base + $0 }
  }
}

/// Second-order gradient boosting (Friedman 2001; Chen, Guestrin 2016) of trees with four leaves under the softmax loss of each
/// group, −log(e^s_target / Σ e^s): gradient p − y, Hessian p (1 − p), leaf −ΣG / (ΣH + λ), split gain the sum of G² / (H + λ)
/// of the two sides less that of the whole. Features are cut into at most 64 bins by quantiles.
public struct GradientBoosting: Sendable {
  public struct Parameters: Sendable {
    public var trees = 80
    /// Every leaf is shortened by this.
    public var learningRate = 0.15
    /// λ.
    public var ridge = 2.0
    /// ΣH that either side of a split needs: rows that still decide something.
    public var minimumHessian = 3.0

    public init() {}
  }

  public private(set) var trees: [TreeEnsemble.Tree] = []

  /// The same trees at any number of threads. Without groups, or where no split helps, there are none.
  /// - Parameter watch: called after each tree with all trees so far; false ends the training.
  public init(
    _ examples: RankingExamples, parameters: Parameters = Parameters(), parallelism: Parallelism = .allCores,
    watch: ([TreeEnsemble.Tree]) -> Bool = { _ in true }
  ) {
    guard examples.groupCount > 0 else { return }
    let bins = FeatureBins(examples, parallelism: parallelism)
    var rows = BoostedRows(examples)
    for _ in 0..<min(parameters.trees, TreeEnsemble.treesMax) {
      rows.differentiate(parallelism)
      guard let tree = rows.grow(bins, parameters, parallelism) else { break }
      trees.append(tree)
      if !watch(trees) { break }
    }
  }
}

/// Each feature's cuts, and each row's bins: `bin` is the number of cuts that the value exceeds.
struct FeatureBins {
  static let binsMax = 64
  /// By feature, ascending.
  private(set) var cuts: [[Float]] = []
  /// By feature, then row.
  private(set) var bins: [[UInt8]] = []

  init(_ examples: RankingExamples, parallelism: Parallelism) {
    let columns = parallelism.mapChunks(of: examples.featureCount, size: 1, scratch: {}) { _, features in
      let feature = features.lowerBound
      let values = (0..<examples.rowCount).map { examples.features[$0 * examples.featureCount + feature] }
      let cuts = FeatureBins.cuts(values)
      return (cuts, values.map { FeatureBins.bin($0, cuts) })
    }
    cuts = columns.map(\.0)
    bins = columns.map(\.1)
  }

  /// Midway between neighbouring values where those are few, else between quantiles.
  private static func cuts(_ values: [Float]) -> [Float] {
    let step = max(1, values.count / 100_000)
    let sorted = stride(from: 0, to: values.count, by: step).map { values[$0] }.sorted()
    var distinct: [Float] = []
    for value in sorted where distinct.last != value { distinct.append(value) }
    if distinct.count > binsMax {
      var quantiles: [Float] = []
      for bin in 0..<binsMax {
        let value = sorted[bin * (sorted.count - 1) / (binsMax - 1)]
        if quantiles.last != value { quantiles.append(value) }
      }
      distinct = quantiles
    }
    return zip(distinct, distinct.dropFirst()).map { $0 + ($1 - $0) / 2 }.filter { abs($0) <= 1e6 }
  }

  private static func bin(_ value: Float, _ cuts: [Float]) -> UInt8 {
    var (low, high) = (0, cuts.count)
    while low < high {
      let middle = (low + high) / 2
      if value > cuts[middle] { low = middle + 1 } else { high = middle }
    }
    return UInt8(low)
  }
}

/// The state of the boosting by row.
private struct BoostedRows {
  private let offsets: [Int]
  private let targets: [Int]
  private var scores: [Float]
  /// Gradient and Hessian of each row.
  private var derivatives: [SIMD2<Float>]
  /// The node of the growing tree that each row stands at.
  private var nodes: [UInt8]

  init(_ examples: RankingExamples) {
    (offsets, targets) = (examples.offsets, examples.targets)
    scores = [Float](repeating: 0, count: examples.rowCount)
    derivatives = [SIMD2<Float>](repeating: .zero, count: examples.rowCount)
    nodes = [UInt8](repeating: 0, count: examples.rowCount)
  }

  mutating func differentiate(_ parallelism: Parallelism) {
    let (offsets, targets, scores) = (offsets, targets, scores)
    derivatives.withUnsafeMutableBufferPointer { derivatives in
      let base = derivatives.baseAddress!
      parallelism.forEachChunk(of: targets.count, size: 1024) { groups in
        for group in groups {
          let rows = offsets[group]..<offsets[group + 1]
          let largest = rows.lazy.map { scores[$0] }.max() ?? 0
          let sum = rows.reduce(Float(0)) { $0 + exp(scores[$1] - largest) }
          for row in rows {
            let p = exp(scores[row] - largest) / sum
            base[row] = SIMD2(p - (row == targets[group] ? 1 : 0), max(p * (1 - p), 1e-6))
          }
        }
      }
    }
  }

  private struct Split {
    var feature = 0
    var cut = 0
    var gain = 0.0
  }

  /// Adds a tree to the scores; nil where no split of all rows helps.
  mutating func grow(
    _ bins: FeatureBins, _ parameters: GradientBoosting.Parameters, _ parallelism: Parallelism
  ) -> TreeEnsemble.Tree? {
    for row in nodes.indices { nodes[row] = 0 }
    let root = splits(bins, nodes: 1, parameters, parallelism)[0]
    guard root.gain > 0 else { return nil }
    route(bins, [root])
    let sides = splits(bins, nodes: 2, parameters, parallelism)
    route(bins, sides)
    var sums = [SIMD2<Double>](repeating: .zero, count: 4)
    var counts = [Double](repeating: 0, count: 4)
    for row in nodes.indices {
      sums[Int(nodes[row])] += SIMD2<Double>(derivatives[row])
      counts[Int(nodes[row])] += 1
    }
    let leaves = sums.map { Float(-parameters.learningRate * $0[0] / ($0[1] + parameters.ridge)) }
    for row in nodes.indices { scores[row] += leaves[Int(nodes[row])] }
    // Where a side has no useful split, one that all rows pass to the left stands in.
    let asked = [root] + sides
    return BoostedRows.tree(
      features: asked.map { UInt8($0.feature) },
      thresholds: asked.map { $0.gain > 0 ? bins.cuts[$0.feature][$0.cut] : 1e6 }, leaves: leaves, counts: counts)
  }

  /// Leaves are lifted so that the lowest is zero: the order of the candidates is the same, and no score is negative.
  private static func tree(
    features: [UInt8], thresholds: [Float], leaves: [Float], counts: [Double]
  ) -> TreeEnsemble.Tree {
    let lowest = zip(leaves, counts).filter { $1 > 0 }.map(\.0).min() ?? 0
    let leaves = leaves.map { $0 - min($0, lowest) }
    func mean(_ range: Range<Int>) -> Float {
      let count = range.reduce(0) { $0 + counts[$1] }
      return count > 0 ? Float(range.reduce(0) { $0 + counts[$1] * Double(leaves[$1]) } / count) : 0
    }
    return TreeEnsemble.Tree(
      features: features, thresholds: thresholds, means: [mean(0..<4), mean(0..<2), mean(2..<4)], leaves: leaves)
  }

  private mutating func route(_ bins: FeatureBins, _ splits: [Split]) {
    for row in nodes.indices {
      let node = Int(nodes[row])
      let split = splits[node]
      let isRight = split.gain > 0 && Int(bins.bins[split.feature][row]) > split.cut
      nodes[row] = UInt8(2 * node + (isRight ? 1 : 0))
    }
  }

  /// The best split of each node; of equal gains that of the lower feature and cut.
  private func splits(
    _ bins: FeatureBins, nodes count: Int, _ parameters: GradientBoosting.Parameters, _ parallelism: Parallelism
  ) -> [Split] {
    let byFeature = parallelism.mapChunks(of: bins.bins.count, size: 1, scratch: {}) { _, features in
      let histogram = histogram(bins.bins[features.lowerBound], nodes: count)
      return (0..<count).map { node in
        BoostedRows.best(
          histogram[node * FeatureBins.binsMax..<(node + 1) * FeatureBins.binsMax],
          cuts: bins.cuts[features.lowerBound].count, feature: features.lowerBound, parameters)
      }
    }
    return (0..<count).map { node in
      byFeature.map { $0[node] }.reduce(Split()) { $1.gain > $0.gain ? $1 : $0 }
    }
  }

  private func histogram(_ bins: [UInt8], nodes count: Int) -> [SIMD2<Double>] {
    var sums = [SIMD2<Double>](repeating: .zero, count: count * FeatureBins.binsMax)
    sums.withUnsafeMutableBufferPointer { sums in
      bins.withUnsafeBufferPointer { bins in
        nodes.withUnsafeBufferPointer { nodes in
          derivatives.withUnsafeBufferPointer { derivatives in
            for row in 0..<bins.count {
              sums[Int(nodes[row]) &* FeatureBins.binsMax &+ Int(bins[row])] += SIMD2<Double>(derivatives[row])
            }
          }
        }
      }
    }
    return sums
  }

  private static func best(
    _ histogram: ArraySlice<SIMD2<Double>>, cuts: Int, feature: Int, _ parameters: GradientBoosting.Parameters
  ) -> Split {
    let total = histogram.reduce(.zero, +)
    func value(_ sum: SIMD2<Double>) -> Double { sum[0] * sum[0] / (sum[1] + parameters.ridge) }
    var best = Split(feature: feature)
    var left = SIMD2<Double>.zero
    for cut in 0..<cuts {
      left += histogram[histogram.startIndex + cut]
      let right = total - left
      guard left[1] >= parameters.minimumHessian, right[1] >= parameters.minimumHessian else { continue }
      let gain = value(left) + value(right) - value(total)
      if gain > best.gain { best = Split(feature: feature, cut: cut, gain: gain) }
    }
    return best
  }
}
