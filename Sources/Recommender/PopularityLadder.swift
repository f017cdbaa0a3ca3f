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
  /// What is popular in the visitor's segment; empty where that is not known or kept.
  let segment: ByteView
  /// Answers to the same request after this one.
  let answersToCome: Int

  /// Enough for every answer, however much of it was refused.
  static let listMax = 512

  /// Items looked at in order of traffic. Where a filter leaves so few items that none of these is admitted, and no list names one, the
  /// answer is empty.
  static let trafficMax: UInt32 = 65_536

  /// Takes in the head of each rung's list until `wanted` candidates are there.
  /// - Returns: entries read, for the work counter.
  func add(to set: CandidateSet, wanted: Int) -> UInt32 {
    var work: UInt32 = 0
    if let category {
      let row = TopList.row(category: category)
      if let region { work &+= add(region.topList(row), .categoryInRegion, to: set, wanted) }
      work &+= add(base.topList(row), .categoryEverywhere, to: set, wanted)
    }
    work &+= add(segment, .segment, to: set, wanted)
    if let region { work &+= add(region.topList(TopList.overallRow), .region, to: set, wanted) }
    if let parent { work &+= add(parent.topList(TopList.overallRow), .parentRegion, to: set, wanted) }
    work &+= add(base.topList(TopList.overallRow), .everywhere, to: set, wanted)
    return work &+ addByTraffic(to: set, wanted)
  }

  @inline(never)
  private func add(_ list: ByteView, _ rung: Rung, to set: CandidateSet, _ wanted: Int) -> UInt32 {
    let step = share(of: rung)
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

  /// Half of the rung before. One that is not there takes no part, so that a shop without segment lists loses nothing to them.
  private func share(of rung: Rung) -> Float {
    let isMissing = segment.isEmpty && rung.rawValue > Rung.segment.rawValue
    return 1 / Float(UInt32(1) &<< UInt32(isMissing ? rung.rawValue &- 1 : rung.rawValue))
  }

  /// The last resort, where all lists are exhausted: items in order of traffic, which is the order of their numbers.
  private func addByTraffic(to set: CandidateSet, _ wanted: Int) -> UInt32 {
    var item: UInt32 = 0
    // Three quarters of this answer's share: tags cost some after it, and those to come want to walk as far.
    let kept = base.effort &- base.effort / UInt64(4 &* (answersToCome &+ 1)) &* 3
    while set.count < wanted, item < min(base.shown, PopularityLadder.trafficMax), base.effort > kept, base.affords(1) {
      if let place = set.place(item) { set[place].stand(on: .traffic, 0.5 * share(of: .traffic)) }
      item &+= 1
    }
    return item
  }
}
