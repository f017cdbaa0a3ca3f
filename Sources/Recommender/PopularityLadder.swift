import Bytes
import SnapshotFormat

/// What is popular, from the visitor's own corner outwards: category in region → category everywhere → segment → region →
/// parent regions → everywhere. A region's scores are already shrunk towards its parent's by the builder.
struct PopularityLadder {
  let base: BaseSnapshot
  let region: RegionSnapshot?
  /// The region's parent, where it has one below the world.
  let parent: RegionSnapshot?
  let category: UInt16?
  let segment: Int?

  /// Enough for every answer, however much of it was refused.
  static let listMax = 512

  /// Takes in the head of each rung's list until `wanted` candidates are there.
  /// - Returns: entries read, for the work counter.
  func add(to set: inout CandidateSet, wanted: Int) -> UInt32 {
    var work: UInt32 = 0
    if let category {
      let row = TopList.row(category: category)
      if let region { work &+= add(region.topList(row), .categoryInRegion, to: &set, wanted) }
      work &+= add(base.topList(row), .categoryEverywhere, to: &set, wanted)
    }
    if let segment { work &+= add(base.topList(TopList.row(segment: segment)), .segment, to: &set, wanted) }
    if let region { work &+= add(region.topList(TopList.overallRow), .region, to: &set, wanted) }
    if let parent { work &+= add(parent.topList(TopList.overallRow), .parentRegion, to: &set, wanted) }
    work &+= add(base.topList(TopList.overallRow), .everywhere, to: &set, wanted)
    return work &+ addByTraffic(to: &set, wanted)
  }

  @inline(never)
  private func add(_ list: ByteView, _ rung: Rung, to set: inout CandidateSet, _ wanted: Int) -> UInt32 {
    let step = 1 / Float(UInt32(1) &<< UInt32(rung.rawValue))
    var index = 0
    let count = min(TopList.count(list), PopularityLadder.listMax)
    var named = 0
    while index < count, named < wanted {
      let entry = TopList.entry(list, index)
      index &+= 1
      guard entry.item < base.shown, let place = set.place(entry.item) else { continue }
      named &+= 1
      set[place].stand(on: rung, step * (0.5 + 0.5 * entry.score))
    }
    return UInt32(truncatingIfNeeded: index)
  }

  /// The last resort, where all lists are exhausted: items in order of traffic, which is the order of their numbers.
  private func addByTraffic(to set: inout CandidateSet, _ wanted: Int) -> UInt32 {
    var item: UInt32 = 0
    while set.count < wanted, item < base.shown {
      if let place = set.place(item) { set[place].stand(on: .traffic, 1 / 128) }
      item &+= 1
    }
    return item
  }
}
