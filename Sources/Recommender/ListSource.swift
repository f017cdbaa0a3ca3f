import Bytes
import SnapshotFormat

/// Item-to-item lists, summed over the session: score(i) = Σ weight(s) · list_s(i).
enum ListSource {
  /// - Returns: entries read, for the work counter.
  static func add(
    _ kind: ListKind, of interests: borrowing Interests, in base: BaseSnapshot, to set: CandidateSet
  ) -> UInt32 {
    var work: UInt32 = 0
    let evidence = Evidence(kind)
    for place in interests.items.indices {
      let interest = interests.items[place]
      guard interest.weight > 0, let bytes = base.list(kind, of: interest.item) else { continue }
      work &+= add(
        bytes, evidence, interest.weight, from: place, isNewest: place == interests.newestPlace, in: base, to: set)
    }
    return work
  }

  /// Adds one list, weighed by `weight`, on behalf of the session's item at `place`.
  @inline(never)
  @_optimize(speed)
  static func add(
    _ bytes: ByteView, _ evidence: Evidence, _ weight: Float, from place: Int, isNewest: Bool,
    in base: BaseSnapshot, to set: CandidateSet
  ) -> UInt32 {
    var work: UInt32 = 0
    var list = ItemList.Iterator(bytes)
    while let entry = list.nextEntry() {
      work &+= 1
      guard entry.item < base.shown, let index = set.placeInline(entry.item) else { continue }
      set[index, evidence].add(weight * entry.weight, from: place, isNewest: isNewest)
    }
    return work
  }
}
