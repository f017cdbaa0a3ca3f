import Bytes

/// The candidates of one request, found by item number through open addressing. Clearing costs nothing: slots carry the number
/// of the request that wrote them.
final class CandidateSet {
  /// Most sessions name some hundred items. Past the bound, which full carts of 64 reach, the kinds of list that come later
  /// lose: see `ListKind`.
  static let capacity = 2048
  private static let slotCount: UInt32 = 4096
  private static let refusalsMax = 1024

  /// Eight bytes, so that a slot is one load.
  struct Slot: BitwiseCopyable {
    var item: UInt32 = 0
    var round: UInt16 = 0
    /// Place in `candidates`, or `refused`.
    var index: UInt16 = 0
  }

  private static let refused = UInt16.max

  /// What may enter; whoever empties the set sets it.
  var filter = Filter()
  private(set) var candidates = FixedArray<Candidate>(capacity: CandidateSet.capacity)
  /// By place and raw value of `Evidence`.
  private var evidence = FixedArray<ListEvidence>(
    repeating: ListEvidence(), count: CandidateSet.capacity * Evidence.count)
  private var slots = FixedArray<Slot>(repeating: Slot(), count: Int(CandidateSet.slotCount))
  private var round: UInt16 = 0
  private var refusals = 0

  func removeAll() {
    candidates.removeAll()
    filter.removeAll()
    refusals = 0
    round &+= 1
    if round == 0 {
      for index in slots.indices { slots[index].round = 0 }
      round = 1
    }
  }

  var count: Int { candidates.count }
  var indices: Indices { candidates.indices }

  subscript(_ index: Int) -> Candidate {
    _read { yield candidates[index] }
    _modify { yield &candidates[index] }
  }

  /// What the lists of one kind say of the candidate at `place`.
  subscript(_ place: Int, _ kind: Evidence) -> ListEvidence {
    _read { yield evidence[place &* Evidence.count &+ kind.rawValue] }
    _modify { yield &evidence[place &* Evidence.count &+ kind.rawValue] }
  }

  /// By raw value of `Evidence`: what the lists say of the candidate at `place`.
  @inline(__always)
  func evidence(of place: Int) -> UnsafePointer<ListEvidence> { evidence.pointer + place &* Evidence.count }

  /// By raw value of `Evidence`: the largest sum that the lists of a kind have for any candidate.
  @inline(never)
  @_optimize(speed)
  func largestEvidence() -> InlineArray<5, Float> {
    var largest = InlineArray<5, Float>(repeating: 0)
    var evidence = self.evidence.pointer
    for _ in candidates.indices {
      for kind in Indices(Evidence.count) { largest[kind] = max(largest[kind], evidence[kind].sum) }
      evidence += Evidence.count
    }
    return largest
  }

  /// Makes `item` no candidate, whatever source names it later.
  @inline(never)
  func refuse(_ item: UInt32) {
    let slot = slot(of: item)
    if slots[slot].round != round { refuse(item, slot) }
  }

  private func refuse(_ item: UInt32, _ slot: Int) {
    guard refusals < CandidateSet.refusalsMax else { return }
    slots[slot] = Slot(item: item, round: round, index: CandidateSet.refused)
    refusals &+= 1
  }

  /// Whether `item` can be no candidate.
  func isRefused(_ item: UInt32) -> Bool {
    let slot = slot(of: item)
    if slots[slot].round == round { return slots[slot].index == CandidateSet.refused }
    return filter.isActive && !filter.admits(item)
  }

  /// The place of `item` among the candidates, taken in if it is new; nil where it is refused, the filter does not admit it, or the set
  /// is full.
  @inline(never)
  func place(_ item: UInt32) -> Int? { placeInline(item) }

  /// The same, for the one loop that is all look-ups: most find their item.
  @inline(__always)
  func placeInline(_ item: UInt32) -> Int? {
    let slot = slot(of: item)
    let found = slots[slot]
    guard found.round == round else { return add(item, slot) }
    return found.index == CandidateSet.refused ? nil : Int(found.index)
  }

  /// Takes in a new item, whose slot is free.
  @inline(never)
  @_optimize(speed)
  private func add(_ item: UInt32, _ slot: Int) -> Int? {
    if filter.isActive, !filter.admits(item) {
      // So that it is looked at once. Where there is no room left, it is looked at again.
      refuse(item, slot)
      return nil
    }
    let place = candidates.count
    guard candidates.append(Candidate(item: item)) else { return nil }
    let row = evidence.mutablePointer + place &* Evidence.count
    for kind in Indices(Evidence.count) { row[kind] = ListEvidence() }
    slots[slot] = Slot(item: item, round: round, index: UInt16(truncatingIfNeeded: place))
    return place
  }

  /// The place of `item` among the candidates; nil where it is none.
  @inline(never)
  func find(_ item: UInt32) -> Int? {
    let slot = slot(of: item)
    guard slots[slot].round == round, slots[slot].index != CandidateSet.refused else { return nil }
    return Int(slots[slot].index)
  }

  /// The slot of `item`, or the free one where it belongs. At most 3,072 of the 4,096 slots are ever used.
  @inline(__always)
  private func slot(of item: UInt32) -> Int {
    var slot = Int((item &* 0x9E37_79B1) >> 20)
    while slots[slot].round == round, slots[slot].item != item { slot = (slot &+ 1) & Int(CandidateSet.slotCount - 1) }
    return slot
  }
}
