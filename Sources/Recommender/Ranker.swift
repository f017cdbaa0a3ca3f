import Bytes
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

  /// The sum of the leaves that `row` falls into.
  func score(_ row: UnsafePointer<Float>) -> Float {
    var score: Float = 0
    var tree = trees
    for _ in Indices(count) {
      let side = Ranker.goesRight(tree, 0, row)
      let leaf = 2 &* side &+ Ranker.goesRight(tree, 1 &+ side, row)
      score = score + Ranker.float(tree, 28 &+ 4 &* leaf)
      tree = tree + TreeEnsemble.treeWidth
    }
    return score
  }

  /// Adds to `parts`, by raw value of `Source`, what each source's features have added to the score of `row`.
  func attribute(_ row: UnsafePointer<Float>, to parts: inout FixedArray<Float>) {
    var tree = trees
    for _ in Indices(count) {
      let side = Ranker.goesRight(tree, 0, row)
      let node = 1 &+ side
      let leaf = 2 &* side &+ Ranker.goesRight(tree, node, row)
      let mean = Ranker.float(tree, 16 &+ 4 &* node)
      Ranker.add(mean - Ranker.float(tree, 16), of: tree.load(as: UInt8.self), to: &parts)
      Ranker.add(
        Ranker.float(tree, 28 &+ 4 &* leaf) - mean, of: tree.load(fromByteOffset: node, as: UInt8.self), to: &parts)
      tree = tree + TreeEnsemble.treeWidth
    }
  }

  private static func add(_ part: Float, of feature: UInt8, to parts: inout FixedArray<Float>) {
    guard let source = Feature.source(Int(feature)) else { return }
    parts[Int(source.rawValue)] = parts[Int(source.rawValue)] + part
  }

  /// The answer to the question at `node`: 1 for the right-hand side.
  @inline(__always)
  private static func goesRight(_ tree: UnsafeRawPointer, _ node: Int, _ row: UnsafePointer<Float>) -> Int {
    let feature = Int(tree.load(fromByteOffset: node, as: UInt8.self))
    return row[feature] > float(tree, 4 &+ 4 &* node) ? 1 : 0
  }

  @inline(__always)
  private static func float(_ tree: UnsafeRawPointer, _ offset: Int) -> Float {
    Float(bitPattern: UInt32(littleEndian: tree.loadUnaligned(fromByteOffset: offset, as: UInt32.self)))
  }
}

/// The rankers of table `ranker`, by context.
struct Rankers: ~Copyable {
  private var rankers = FixedArray<Ranker?>(repeating: nil, count: Context.count)

  subscript(_ context: Context) -> Ranker? { rankers[Int(context.rawValue)] }

  mutating func read(_ file: SnapshotFile) throws(SnapshotError) {
    var rows = try file.rows(of: Schema.ranker)
    while try rows.next() {
      guard case .blob(let bytes)? = try rows.value(1), let ranker = Ranker(bytes) else {
        throw SnapshotError(.badValue, table: Schema.ranker)
      }
      if rows.id >= 0, rows.id < Int64(rankers.count) { rankers[Int(truncatingIfNeeded: rows.id)] = ranker }
    }
  }
}
