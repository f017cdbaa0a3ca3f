import Bytes
import Session
import SnapshotFormat

extension Recommender {
  /// Called before a signal leaves the session: what rules count of it goes on as marks.
  public func remember(_ signal: Signal, in session: inout Session) {
    guard let base = snapshots.base, let rules = base.rules else { return }
    let item = base.item(name: signal.itemName)
    for number in rules.patterns.indices {
      let pattern = rules.patterns[number]
      // Those without a counter come last.
      if pattern.counter == RulePattern.noCounter || !base.affords(2 &+ Int(pattern.referenceCount)) { return }
      if rules.matches(pattern, signal.type, item, base), base.affords(64) {
        session.mark(pattern.counter, signal.time)
      }
    }
  }

  /// The first of the visitor's segments of rules that has a list of its own, else the cluster: the row of its list.
  func segmentList(_ base: BaseSnapshot) -> ByteView {
    var listed = base.ruleLists
    while listed != 0 {
      let segment = listed.trailingZeroBitCount
      if rules.segments[segment] != RuleStep.never { return base.topList(TopList.row(ruleSegment: segment)) }
      listed &= listed &- 1
    }
    return segment.map { base.topList(TopList.row(segment: $0)) } ?? .empty
  }
}

extension BaseSnapshot {
  /// How long rules look back, seconds; 0 where there are none.
  public var marksWindow: UInt32 { rules?.marksWindow ?? 0 }

  /// The third of its category's prices in which `item` stands, 0 the cheapest.
  func priceLevel(of item: UInt32) -> Int? {
    let behaviour = column(.behaviour)
    return behaviour.isEmpty ? nil : ItemBehaviour(rawValue: behaviour.u8(item)).priceLevel
  }
}

extension RuleTable {
  /// Whether an event of `type` about `item` is one of `pattern`.
  func matches(_ pattern: RulePattern, _ type: EventType, _ item: UInt32?, _ base: BaseSnapshot) -> Bool {
    guard pattern.types & 1 &<< UInt16(type.rawValue) != 0 else { return false }
    var fits = true
    for place in Indices(Int(pattern.referenceCount)) {
      let reference = references[Int(pattern.firstReference) &+ place]
      if reference & RulePattern.beginsAttribute != 0 {
        if !fits { return false }
        fits = false
      }
      guard let item else { return false }
      if !fits { fits = has(item, Int(reference & ~RulePattern.beginsAttribute), base) }
    }
    return fits
  }

  private func has(_ item: UInt32, _ key: Int, _ base: BaseSnapshot) -> Bool {
    if key < keys.count { return base.isItem(item, keys[key]) }
    let range = ranges[key &- keys.count]
    guard let price = base.price(of: item) else { return false }
    return price >= range.lowest && price <= range.highest
  }
}
