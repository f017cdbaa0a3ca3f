import Bytes
import SnapshotFormat

/// Next-item and bought-together lists, summed over the session: score(i) = Σ weight(s) · list_s(i).
enum ListSource {
  /// - Returns: entries read, for the work counter.
  static func add(
    _ kind: ListKind, of interests: borrowing Interests, in base: BaseSnapshot, to set: inout CandidateSet
  ) -> UInt32 {
    var work: UInt32 = 0
    for place in 0..<interests.items.count {
      let interest = interests.items[place]
      guard interest.weight > 0, let bytes = base.list(kind, of: interest.item) else { continue }
      var list = ItemList.Iterator(bytes)
      while let entry = list.nextEntry() {
        work &+= 1
        guard entry.item < base.shown, let index = set.place(entry.item) else { continue }
        set[index].add(interest.weight * entry.weight, from: place, in: kind)
      }
    }
    return work
  }
}
