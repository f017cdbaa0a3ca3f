import Bytes
import SnapshotFormat

/// Two steps of sequential rules, from the newest items: score(i) = Σ_a rule[s][a] · rule[a][i] over the strongest a. It reaches
/// items that never stood beside the session's own.
struct TwoSteps: ~Copyable {
  /// Session items that steps are taken from, and first steps from each: bounds the work at 32 lists.
  private static let sourcesMax = 2
  private static let stepsMax = 16

  private struct Step: BitwiseCopyable {
    let item: UInt32
    let weight: Float
  }

  /// The strongest first steps, best first.
  private var steps = FixedArray<Step>(capacity: TwoSteps.stepsMax)

  /// - Returns: entries read, for the work counter.
  mutating func add(
    of interests: borrowing Interests, in base: BaseSnapshot, to set: CandidateSet
  ) -> UInt32 {
    var work: UInt32 = 0
    var sources = 0
    for place in interests.items.indices {
      let interest = interests.items[place]
      guard interest.weight > 0, let bytes = base.list(.nextItem, of: interest.item) else { continue }
      work &+= strongest(bytes, below: base.shown)
      for index in steps.indices {
        let step = steps[index]
        guard let bytes = base.list(.nextItem, of: step.item) else { continue }
        work &+= ListSource.add(
          bytes, .twoSteps, interest.weight * step.weight, from: place, isNewest: place == interests.newestPlace,
          in: base, to: set)
      }
      sources &+= 1
      if sources == TwoSteps.sourcesMax { break }
    }
    return work
  }

  /// Fills `steps` from a list, which is sorted by item. Of equal weights the smaller item number stays ahead. Only a damaged list
  /// names items that are not shown.
  private mutating func strongest(_ bytes: ByteView, below shown: UInt32) -> UInt32 {
    steps.removeAll()
    var work: UInt32 = 0
    var list = ItemList.Iterator(bytes)
    while let entry = list.nextEntry() {
      work &+= 1
      if entry.item >= shown { break }
      var place = steps.count
      while place > 0, steps[place &- 1].weight < entry.weight { place &-= 1 }
      if place == TwoSteps.stepsMax { continue }
      if steps.isFull { steps.truncate(to: TwoSteps.stepsMax &- 1) }
      steps.insert(Step(item: entry.item, weight: entry.weight), at: place)
    }
    return work
  }
}
