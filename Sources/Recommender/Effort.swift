/// What a request may cost beyond what its own bounds and those of the format allow: names are looked up, lists searched, items
/// held against filters and rules as often as session and snapshot ask, and a hostile snapshot can make each of these a thousand
/// times what it usually is. A step is some thirty instructions. What can no longer be afforded is as if it were not there: a
/// name is unknown, an item not admitted, an event not counted.
extension BaseSnapshot {
  /// Takes `steps` off what is left; false where less is.
  @inline(never)
  func affords(_ steps: Int) -> Bool {
    let steps = UInt64(steps)
    guard steps <= effort else { return false }
    effort &-= steps
    return true
  }
}

extension Recommender {
  /// Steps for one request. Usual ones take some thousand; a walk along traffic, which a filter causes, three or more for each item that
  /// it looks at, so that one answer reaches most of `PopularityLadder.trafficMax` where the filter is plain.
  public static let effortMax: UInt64 = 1 << 18

  /// Bounds what follows, up to the next call, by `effort`; without a call there is no bound.
  public func limit(effort: UInt64) { snapshots.base?.effort = effort }
}
