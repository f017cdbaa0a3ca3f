import Bytes

/// A boosted ensemble of small trees, as the ranker reads it: each tree asks one question at its root and one on either side,
/// and so has four leaves. Little-endian:
///
///     u16 trees, u16 zero
///     each tree, 44 bytes:
///       3 × u8   feature asked at root, left, right; one zero byte
///       3 × f32  threshold of each: a larger value goes right
///       3 × f32  mean score at root, left, right: what the tree says of a row that has come so far
///       4 × f32  score at the leaves, left to right
///
/// The score of a row is the sum of its leaves. The step from a node's mean to that of its child is what the node's feature
/// adds, so that Σ root means + Σ steps is the score, exactly attributed (Saabas 2014).
public enum TreeEnsemble {
  public static let headerWidth = 4
  public static let treeWidth = 44
  /// Bounds the scorer's work for a hostile snapshot.
  public static let treesMax = 256

  /// One tree; nodes and leaves in the order of the layout.
  public struct Tree: Equatable, Sendable {
    public var features: [UInt8]
    public var thresholds: [Float]
    public var means: [Float]
    public var leaves: [Float]

    public init(features: [UInt8], thresholds: [Float], means: [Float], leaves: [Float]) {
      precondition(features.count == 3 && thresholds.count == 3 && means.count == 3 && leaves.count == 4)
      (self.features, self.thresholds, self.means, self.leaves) = (features, thresholds, means, leaves)
    }
  }

  public static func encode(_ trees: [Tree]) -> [UInt8] {
    precondition(trees.count <= treesMax)
    var bytes = [UInt8(truncatingIfNeeded: trees.count), UInt8(truncatingIfNeeded: trees.count >> 8), 0, 0]
    for tree in trees {
      bytes += tree.features + [0]
      for value in tree.thresholds + tree.means + tree.leaves {
        for shift in [0, 8, 16, 24] { bytes.append(UInt8(truncatingIfNeeded: value.bitPattern >> UInt32(shift))) }
      }
    }
    return bytes
  }

  /// The number of trees; nil where the bytes are no ensemble over `features` features with finite numbers.
  public static func count(_ bytes: ByteView, features: Int) -> Int? {
    guard bytes.has(0, headerWidth) else { return nil }
    let count = Int(bytes.u16le(0))
    guard count <= treesMax, bytes.u16le(2) == 0, bytes.count == headerWidth + count * treeWidth else { return nil }
    for tree in Indices(count) {
      let start = headerWidth + tree * treeWidth
      for node in Indices(3) where Int(bytes[start + node]) >= features { return nil }
      for number in Indices(10) where !(abs(bytes.f32le(start + 4 + 4 * number)) <= 1e6) { return nil }
    }
    return count
  }
}
