import Foundation
import SnapshotFormat

/// Rows to rank, in groups of which one row each is right.
public struct RankingExamples: Sendable {
  public let featureCount: Int
  /// Row after row, `featureCount` numbers each, all finite.
  public private(set) var features: [Float] = []
  /// By row: how many rows like it there are, where the group is a sample.
  public private(set) var weights: [Float] = []
  /// One more than there are groups; group `g` holds rows `offsets[g]..<offsets[g + 1]`.
  public private(set) var offsets: [Int] = [0]
  /// By group: the row that is right.
  public private(set) var targets: [Int] = []

  public init(featureCount: Int) { self.featureCount = featureCount }

  public var groupCount: Int { targets.count }
  public var rowCount: Int { offsets[groupCount] }

  /// Adds a group with a weight for each of its rows.
  public mutating func append(_ rows: some Collection<Float>, weights: [Float], target: Int) {
    precondition(rows.count == weights.count * featureCount && weights.allSatisfy { $0 > 0 })
    features += rows
    self.weights += weights
    targets.append(rowCount + target)
    offsets.append(self.weights.count)
    precondition(targets[groupCount - 1] < rowCount)
  }

  public mutating func append(contentsOf other: RankingExamples) {
    precondition(featureCount == other.featureCount)
    let base = rowCount
    features += other.features
    weights += other.weights
    targets += other.targets.map { base + $0 }
    offsets += other.offsets.dropFirst().map { base + $0 }
  }
}

/// Second-order gradient boosting (Friedman 2001; Chen, Guestrin 2016) of trees with four leaves under the softmax loss of each
/// group, −log(e^s_target / Σ w·e^s): gradient p − y, Hessian p (1 − p / w) as w rows have it together, leaf −ΣG / (ΣH + λ), split
/// gain the sum of G² / (H + λ) of the two sides less that of the whole. Features are cut into at most 64 bins by quantiles.
public struct GradientBoosting: Sendable {
  public struct Parameters: Sendable {
    public var trees = 100
    /// Every leaf is shortened by this.
    public var learningRate = 0.12
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
  private let weights: [Float]
  /// Logarithms of what rows stand for (sampled softmax), and what the trees add.
  private var scores: [Float]
  /// Gradient and Hessian of each row.
  private var derivatives: [SIMD2<Float>]
  /// The node of the growing tree that each row stands at.
  private var nodes: [UInt8]

  init(_ examples: RankingExamples) {
    (offsets, targets, weights) = (examples.offsets, examples.targets, examples.weights)
    scores = examples.weights.map { log($0) }
    derivatives = [SIMD2<Float>](repeating: .zero, count: examples.rowCount)
    nodes = [UInt8](repeating: 0, count: examples.rowCount)
  }

  mutating func differentiate(_ parallelism: Parallelism) {
    let (offsets, targets, weights, scores) = (offsets, targets, weights, scores)
    derivatives.withUnsafeMutableBufferPointer { derivatives in
      let base = derivatives.baseAddress!
      parallelism.forEachChunk(of: targets.count, size: 1024) { groups in
        for group in groups {
          let rows = offsets[group]..<offsets[group + 1]
          let largest = rows.lazy.map { scores[$0] }.max() ?? 0
          let sum = rows.reduce(Float(0)) { $0 + exp(scores[$1] - largest) }
          for row in rows {
            let p = exp(scores[row] - largest) / sum
            base[row] = SIMD2(p - (row == targets[group] ? 1 : 0), max(p * (1 - p / weights[row]), 1e-6 * weights[row]))
          }
        }
      }
    }
  }

  /// Adds a tree to the scores; nil where no split of all rows helps.
  mutating func grow(
    _ bins: FeatureBins, _ parameters: GradientBoosting.Parameters, _ parallelism: Parallelism
  ) -> TreeEnsemble.Tree? {
    let all = bins.histograms(of: nil, derivatives, parallelism)
    let root = bins.best(all, parameters)
    guard root.gain > 0 else { return nil }
    for row in nodes.indices { nodes[row] = bins.goesRight(root, row) ? 1 : 0 }
    // One side is counted, the smaller; the other is the rest.
    let right = nodes.count { $0 == 1 }
    let smaller: UInt8 = right * 2 < nodes.count ? 1 : 0
    let counted = bins.histograms(of: nodes.indices.filter { nodes[$0] == smaller }, derivatives, parallelism)
    let rest = zip(all, counted).map { zip($0, $1).map { $0 - $1 } }
    let sides = (smaller == 0 ? [counted, rest] : [rest, counted]).map { bins.best($0, parameters) }
    var sums = [SIMD2<Double>](repeating: .zero, count: 4)
    var counts = [Double](repeating: 0, count: 4)
    for row in nodes.indices {
      let node = Int(nodes[row])
      let leaf = 2 * node + (bins.goesRight(sides[node], row) ? 1 : 0)
      nodes[row] = UInt8(leaf)
      sums[leaf] += SIMD2<Double>(derivatives[row])
      counts[leaf] += Double(weights[row])
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
}

/// A question to ask: rows whose bin is above `cut` go right.
struct Split {
  var feature = 0
  var cut = 0
  var gain = 0.0
}

extension FeatureBins {
  func goesRight(_ split: Split, _ row: Int) -> Bool { split.gain > 0 && Int(bins[split.feature][row]) > split.cut }

  /// By feature, then bin: the sums of `rows`, or of all.
  func histograms(
    of rows: [Int]?, _ derivatives: [SIMD2<Float>], _ parallelism: Parallelism
  ) -> [[SIMD2<Double>]] {
    parallelism.mapChunks(of: bins.count, size: 1, scratch: {}) { _, features in
      let feature = features.lowerBound
      var sums = [SIMD2<Double>](repeating: .zero, count: FeatureBins.binsMax)
      // A constant has no split to look for.
      guard !cuts[feature].isEmpty else { return sums }
      let bins = bins[feature]
      sums.withUnsafeMutableBufferPointer { sums in
        bins.withUnsafeBufferPointer { bins in
          derivatives.withUnsafeBufferPointer { derivatives in
            if let rows {
              for row in rows { sums[Int(bins[row])] += SIMD2<Double>(derivatives[row]) }
            } else {
              for row in 0..<bins.count { sums[Int(bins[row])] += SIMD2<Double>(derivatives[row]) }
            }
          }
        }
      }
      return sums
    }
  }

  /// The split with the largest gain; of equal ones that of the lower feature and cut.
  func best(_ histograms: [[SIMD2<Double>]], _ parameters: GradientBoosting.Parameters) -> Split {
    var best = Split()
    func value(_ sum: SIMD2<Double>) -> Double { sum[0] * sum[0] / (sum[1] + parameters.ridge) }
    for (feature, histogram) in histograms.enumerated() {
      let total = histogram.reduce(.zero, +)
      var left = SIMD2<Double>.zero
      for cut in cuts[feature].indices {
        left += histogram[cut]
        let right = total - left
        guard left[1] >= parameters.minimumHessian, right[1] >= parameters.minimumHessian else { continue }
        let gain = value(left) + value(right) - value(total)
        if gain > best.gain { best = Split(feature: feature, cut: cut, gain: gain) }
      }
    }
    return best
  }
}
