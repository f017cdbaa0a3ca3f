import SIMDKernels

/// The tree kernel over random rows and trees.
struct TreeProbe {
  static let rows = 64
  static let trees = 100
  private static let features = 47

  /// By feature, then by row.
  private var values: [Float]
  private var asked: [(root: Int, left: Int, right: Int)] = []
  private var trees: [martlet_tree] = []

  init(_ draw: inout Draw) {
    // Few values, so that thresholds are met exactly as well.
    values = (0..<TreeProbe.features * TreeProbe.rows).map { _ in Float(draw.below(64)) / 8 }
    for _ in 0..<TreeProbe.trees {
      asked.append((draw.below(TreeProbe.features), draw.below(TreeProbe.features), draw.below(TreeProbe.features)))
      var tree = martlet_tree()
      (tree.root, tree.left, tree.right) = (
        Float(draw.below(64)) / 8, Float(draw.below(64)) / 8, Float(draw.below(64)) / 8
      )
      tree.leaves = (Float(draw.below(999)), Float(draw.below(999)), Float(draw.below(999)), Float(draw.below(999)))
      trees.append(tree)
    }
  }

  /// Each row's sum of leaves.
  func scores() -> [Float] {
    var scores = [Float](repeating: 0, count: TreeProbe.rows)
    values.withUnsafeBufferPointer { values in
      func column(_ feature: Int) -> UnsafePointer<Float> { values.baseAddress! + feature * TreeProbe.rows }
      for index in trees.indices {
        let (root, left, right) = asked[index]
        var tree = trees[index]
        martlet_add_tree(&scores, Int32(TreeProbe.rows), column(root), column(left), column(right), &tree)
      }
    }
    return scores
  }

  /// The same, row by row.
  func plainScores() -> [Float] {
    (0..<TreeProbe.rows).map { row in
      var score: Float = 0
      for (tree, asked) in zip(trees, asked) {
        func value(_ feature: Int) -> Float { values[feature * TreeProbe.rows + row] }
        if value(asked.root) > tree.root {
          score += value(asked.right) > tree.right ? tree.leaves.3 : tree.leaves.2
        } else {
          score += value(asked.left) > tree.left ? tree.leaves.1 : tree.leaves.0
        }
      }
      return score
    }
  }
}
