import Bytes
import SIMDKernels
import SQLiteReader
import SnapshotFormat

/// A learned ranker: a `TreeEnsemble` over the rows of a `FeatureTable`, read in place.
struct Ranker: BitwiseCopyable {
  private let trees: UnsafeRawPointer
  private let count: Int

  /// Nil where the bytes are no ensemble over these features.
  init?(_ bytes: ByteView) {
    guard let count = TreeEnsemble.count(bytes, features: Feature.count) else { return nil }
    trees = bytes.start + TreeEnsemble.headerWidth
    self.count = count
  }

  /// Fills `scores` with the sum of the leaves that each of the first `count` rows falls into.
  func score(_ features: borrowing FeatureTable, _ count: Int, into scores: inout FixedArray<Float>) {
    scores.removeAll()
    // Rows go by fours; those behind the last are nobody's.
    let rows = (count &+ 3) & ~3
    for _ in Indices(rows) { scores.append(0) }
    var tree = trees
    for _ in Indices(self.count) {
      var questions = martlet_tree()
      questions.root = Ranker.float(tree, 4)
      questions.left = Ranker.float(tree, 8)
      questions.right = Ranker.float(tree, 12)
      questions.leaves = (
        Ranker.float(tree, 28), Ranker.float(tree, 32), Ranker.float(tree, 36), Ranker.float(tree, 40)
      )
      martlet_add_tree(
        scores.mutablePointer, Int32(truncatingIfNeeded: rows), Ranker.column(features, tree, 0),
        Ranker.column(features, tree, 1), Ranker.column(features, tree, 2), &questions)
      tree = tree + TreeEnsemble.treeWidth
    }
    scores.truncate(to: count)
  }

  /// What the question at `node` is asked of.
  private static func column(
    _ features: borrowing FeatureTable, _ tree: UnsafeRawPointer, _ node: Int
  ) -> UnsafePointer<Float> {
    features.column(Int(tree.load(fromByteOffset: node, as: UInt8.self)))
  }

  /// Adds to `parts` what each source's features have added to the score of `row`.
  @_optimize(speed)
  func attribute(_ row: FeatureTable.Row, to parts: inout SourceParts) {
    var tree = trees
    for _ in Indices(count) {
      let side = Ranker.goesRight(tree, 0, row)
      let node = 1 &+ side
      let leaf = 2 &* side &+ Ranker.goesRight(tree, node, row)
      let mean = Ranker.float(tree, 16 &+ 4 &* node)
      parts.add(mean - Ranker.float(tree, 16), of: tree.load(as: UInt8.self))
      parts.add(Ranker.float(tree, 28 &+ 4 &* leaf) - mean, of: tree.load(fromByteOffset: node, as: UInt8.self))
      tree = tree + TreeEnsemble.treeWidth
    }
  }

  /// The answer to the question at `node`: 1 for the right-hand side.
  @inline(__always)
  private static func goesRight(_ tree: UnsafeRawPointer, _ node: Int, _ row: FeatureTable.Row) -> Int {
    let feature = Int(tree.load(fromByteOffset: node, as: UInt8.self))
    return row[feature] > float(tree, 4 &+ 4 &* node) ? 1 : 0
  }

  @inline(__always)
  private static func float(_ tree: UnsafeRawPointer, _ offset: Int) -> Float {
    Float(bitPattern: UInt32(littleEndian: tree.loadUnaligned(fromByteOffset: offset, as: UInt32.self)))
  }
}

/// The rankers of table `ranker`, by kind.
struct Rankers: ~Copyable {
  private var rankers = FixedArray<Ranker?>(repeating: nil, count: RankerKind.count)

  subscript(_ kind: RankerKind) -> Ranker? { rankers[Int(kind.rawValue)] }

  mutating func read(_ file: SnapshotFile) throws(SnapshotError) {
    var rows = try file.rows(of: Schema.ranker, atMost: 8)
    while try rows.next() {
      guard case .blob(let bytes)? = try rows.value(2), let ranker = Ranker(bytes) else {
        throw SnapshotError(.badValue, table: Schema.ranker)
      }
      if rows.id >= 0, rows.id < Int64(rankers.count) { rankers[Int(truncatingIfNeeded: rows.id)] = ranker }
    }
  }
}

extension Context {
  /// The kind of ranker for it; nil where order is not a question of what comes next: a category page is about its category.
  func rankerKind(showsItem: Bool) -> RankerKind? {
    switch self {
    case .homepage, .product, .search: showsItem ? .page : .session
    case .cart, .afterPurchase: .basket
    case .category: nil
    }
  }
}
