import Foundation
import Models
import SnapshotFormat
import TestSupport
import Testing

@Suite struct GradientBoostingTests {
  /// The row with the most of feature 1 is right; features 0 and 3 are constant, feature 2 is noise.
  private static func largest(groups: Int, seed: UInt64) -> RankingExamples {
    examples(groups: groups, rows: 8, features: 4, seed: seed) { random in
      let rows = (0..<8).map { _ in
        [7, Float.random(in: 0..<1, using: &random), .random(in: 0..<1, using: &random), -1]
      }
      return (rows, rows.indices.max { rows[$0][1] < rows[$1][1] }!)
    }
  }

  /// One row is on one side by feature 0 and on the other by feature 1; all others are on the same side by both. Either feature
  /// alone says nothing of which row that is.
  private static func crossed(groups: Int, seed: UInt64) -> RankingExamples {
    examples(groups: groups, rows: 6, features: 2, seed: seed) { random in
      let target = Int.random(in: 0..<6, using: &random)
      let rows = (0..<6).map { row -> [Float] in
        let side = Bool.random(using: &random)
        func value(_ isHigh: Bool) -> Float { .random(in: 0..<0.5, using: &random) + (isHigh ? 0.5 : 0) }
        return [value(side), value(row == target ? !side : side)]
      }
      return (rows, target)
    }
  }

  @Test func oneFeatureDecides() throws {
    let trees = GradientBoosting(Self.largest(groups: 2_000, seed: 1)).trees
    #expect(trees.count == GradientBoosting.Parameters().trees)
    #expect(trees[0].features == [1, 1, 1], "nothing else is worth asking at first")
    let found = Self.found(trees, in: Self.largest(groups: 500, seed: 2))
    #expect(found > 0.85, "\(found) of groups that were not learned from")
    // Where a side has no split, a question that every row answers alike stands in.
    for tree in trees {
      for node in 0..<3 where tree.features[node] == 0 || tree.features[node] == 3 {
        #expect(tree.thresholds[node] == 1e6, "a constant tells nothing apart")
      }
    }
  }

  /// A sum of functions of one feature each finds one row of six here.
  @Test func twoFeaturesTogetherDecide() {
    let trees = GradientBoosting(Self.crossed(groups: 2_000, seed: 3)).trees
    let found = Self.found(trees, in: Self.crossed(groups: 500, seed: 4))
    #expect(found > 0.8, "\(found)")
  }

  /// A row that stands for k is as good as k rows.
  @Test func aWeightIsSoManyRows() throws {
    var random = SeededGenerator(5)
    var repeated = RankingExamples(featureCount: 3)
    var weighted = RankingExamples(featureCount: 3)
    for _ in 0..<1_500 {
      // Few values, so that both have the same cuts.
      let rows = (0..<7).map { _ in (0..<3).map { _ in Float(Int.random(in: 0..<12, using: &random)) } }
      let target = rows.indices.max { rows[$0][0] + rows[$0][1] < rows[$1][0] + rows[$1][1] }!
      let counts = rows.indices.map { $0 == target ? 1 : Int.random(in: 1...9, using: &random) }
      weighted.append(rows.flatMap { $0 }, weights: counts.map(Float.init), target: target)
      let all = zip(rows, counts).flatMap { Array(repeating: $0, count: $1) }
      repeated.append(
        all.flatMap { $0 }, weights: all.map { _ in 1 }, target: counts[..<target].reduce(0, +))
    }
    var parameters = GradientBoosting.Parameters()
    parameters.trees = 20
    let one = GradientBoosting(repeated, parameters: parameters).trees
    let other = GradientBoosting(weighted, parameters: parameters).trees
    #expect(one.count == 20 && other.count == 20)
    for (a, b) in zip(one, other) {
      #expect(a.features == b.features && a.thresholds == b.thresholds)
      for (x, y) in zip(a.leaves + a.means, b.leaves + b.means) { #expect(abs(x - y) <= 1e-3 * max(x, y, 0.1)) }
    }
  }

  @Test func anyNumberOfThreads() {
    let examples = Self.largest(groups: 3_000, seed: 6)
    let one = GradientBoosting(examples, parallelism: Parallelism(threads: 1)).trees
    for threads in [2, 5] {
      #expect(GradientBoosting(examples, parallelism: Parallelism(threads: threads)).trees == one)
    }
    #expect(!one.isEmpty)
  }

  @Test func withoutAnythingToLearnThereAreNoTrees() {
    #expect(GradientBoosting(RankingExamples(featureCount: 3)).trees.isEmpty)
    var constant = RankingExamples(featureCount: 2)
    var single = RankingExamples(featureCount: 2)
    for number in 0..<100 {
      constant.append([1, 2, 1, 2, 1, 2], weights: [1, 1, 1], target: number % 3)
      single.append([Float(number), 1], weights: [1], target: 0)
    }
    #expect(GradientBoosting(constant).trees.isEmpty, "no split")
    #expect(GradientBoosting(single).trees.isEmpty, "no choice")
    var few = RankingExamples(featureCount: 1)
    few.append([0, 1], weights: [1, 1], target: 1)
    #expect(GradientBoosting(few).trees.isEmpty, "too little evidence on either side")
  }

  /// Each tree makes the loss on what it learned from smaller, until the caller has enough.
  @Test func theLossGoesDown() {
    for examples in [Self.largest(groups: 800, seed: 7), Self.crossed(groups: 800, seed: 8)] {
      var losses = [Self.loss([], examples)]
      let boosting = GradientBoosting(examples) { trees in
        losses.append(Self.loss(trees, examples))
        return trees.count < 40
      }
      #expect(boosting.trees.count == 40 && losses.count == 41)
      for (before, after) in zip(losses, losses.dropFirst()) { #expect(after < before + 1e-6) }
      #expect(losses[40] < 0.6 * losses[0], "\(losses[40]) from \(losses[0])")
    }
  }

  /// So no answer has a negative score, and what a tree says of a row is between its leaves.
  @Test func leavesAreNotNegativeAndMeansLieBetween() {
    for examples in [Self.largest(groups: 800, seed: 9), Self.crossed(groups: 800, seed: 10)] {
      for tree in GradientBoosting(examples).trees {
        #expect(tree.leaves.allSatisfy { $0 >= 0 && $0.isFinite } && tree.leaves.contains(0))
        for (mean, leaves) in zip(tree.means, [0..<4, 0..<2, 2..<4].map { tree.leaves[$0] }) {
          #expect(mean >= leaves.min()! - 1e-6 && mean <= leaves.max()! + 1e-6)
        }
      }
    }
  }

  @Test func appendedExamplesFollowTheOthers() {
    let (first, second) = (Self.largest(groups: 30, seed: 11), Self.largest(groups: 20, seed: 12))
    var both = first
    both.append(contentsOf: second)
    #expect(both.groupCount == 50 && both.rowCount == 400)
    #expect(both.features == first.features + second.features && both.weights.count == 400)
    #expect(both.targets == first.targets + second.targets.map { $0 + 240 })
    #expect(both.offsets == (0...50).map { $0 * 8 })
  }

  // MARK: Help

  private static func examples(
    groups: Int, rows: Int, features: Int, seed: UInt64,
    _ group: (inout SeededGenerator) -> (rows: [[Float]], target: Int)
  ) -> RankingExamples {
    var random = SeededGenerator(seed)
    var examples = RankingExamples(featureCount: features)
    for _ in 0..<groups {
      let (values, target) = group(&random)
      examples.append(values.flatMap { $0 }, weights: [Float](repeating: 1, count: rows), target: target)
    }
    return examples
  }

  /// The definition: the leaves that a row falls into, added up.
  private static func score(_ trees: [TreeEnsemble.Tree], _ row: ArraySlice<Float>) -> Double {
    trees.reduce(0) { sum, tree in
      func isRight(_ node: Int) -> Bool { row[row.startIndex + Int(tree.features[node])] > tree.thresholds[node] }
      return sum + Double(tree.leaves[isRight(0) ? (isRight(2) ? 3 : 2) : (isRight(1) ? 1 : 0)])
    }
  }

  private static func scores(_ trees: [TreeEnsemble.Tree], _ examples: RankingExamples) -> [Double] {
    (0..<examples.rowCount).map { row in
      score(trees, examples.features[row * examples.featureCount..<(row + 1) * examples.featureCount])
    }
  }

  /// The share of groups whose target alone has the largest score.
  private static func found(_ trees: [TreeEnsemble.Tree], in examples: RankingExamples) -> Double {
    let scores = scores(trees, examples)
    let hits = (0..<examples.groupCount).count { group in
      let rows = examples.offsets[group]..<examples.offsets[group + 1]
      let target = examples.targets[group]
      return rows.allSatisfy { $0 == target || scores[$0] < scores[target] }
    }
    return Double(hits) / Double(examples.groupCount)
  }

  /// Mean −log of the softmax at the target.
  private static func loss(_ trees: [TreeEnsemble.Tree], _ examples: RankingExamples) -> Double {
    let scores = scores(trees, examples)
    let sum = (0..<examples.groupCount).reduce(0.0) { sum, group in
      let all = (examples.offsets[group]..<examples.offsets[group + 1]).reduce(0.0) {
        $0 + Double(examples.weights[$1]) * exp(scores[$1])
      }
      return sum + log(all) - scores[examples.targets[group]]
    }
    return sum / Double(examples.groupCount)
  }
}
