import Bytes
import SnapshotFormat

/// Two inner loops of an answer by themselves, on a workspace of their own: what benchmarks time and tests hold against plain
/// versions. Nothing of the scorer calls them here, so the module has no byte of it.
package struct Kernels: ~Copyable {
  private let candidates = CandidateSet()
  private var top = TopSelection()

  package init() {}

  /// Candidates found so far.
  package var count: Int { candidates.count }

  package func candidate(_ index: Int) -> (item: UInt32, score: Float) {
    (candidates[index].item, candidates[index].score)
  }

  /// The item at `rank` of the selection; nil beyond its end.
  package func selected(_ rank: Int) -> UInt32? {
    rank < top.places.count ? candidates[Int(top.places[rank])].item : nil
  }

  /// What `accumulate` reads.
  package static func list(_ kind: ListKind, of item: UInt32, in base: BaseSnapshot) -> ByteView? {
    base.list(kind, of: item)
  }

  package func removeAll() { candidates.removeAll() }

  /// Adds the list of `kind` of `item` to the candidates, `weight` times, as of the session's item at `place`.
  ///
  /// - Returns: entries read.
  package func accumulate(
    _ kind: ListKind, of item: UInt32, weight: Float, from place: Int, in base: BaseSnapshot
  ) -> UInt32 {
    guard let list = base.list(kind, of: item) else { return 0 }
    return ListSource.add(list, Evidence(kind), weight, from: place, isNewest: place == 0, in: base, to: candidates)
  }

  /// Scores each candidate by what the lists of `kind` say of it.
  package func score(_ kind: ListKind) {
    for index in candidates.indices { candidates[index].score = candidates[index, Evidence(kind)].sum }
  }

  /// Selects the best `limit` candidates.
  package mutating func select(_ limit: Int) { top.select(limit, from: candidates) }
}
