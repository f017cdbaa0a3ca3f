import Bytes
import Session
import SnapshotFormat

// Rules judged for themselves, to be explained or tried.
extension Recommender {
  /// Judges `table`, whose names are those of the open base, in place of the base's own rules. Nil where no base is open.
  public func judge(_ table: RuleTable, _ query: borrowing Query, for session: borrowing Session) -> RuleEngine? {
    guard let base = snapshots.base else { return nil }
    var interests = Interests()
    interests.resolve(session, current: query.currentItem, in: base)
    var engine = RuleEngine(table)
    engine.evaluate(
      table, session, interests, query.request, cluster: base.segments?.segment(of: interests, in: base),
      pause: base.sessionPause, in: base)
    return engine
  }
}

extension RuleEngine {
  /// How many of what condition `number` counts are inside its window; nil where it does not count.
  public func count(_ number: Int, _ table: RuleTable) -> Int? {
    let condition = table.conditions[number]
    let matches = condition.kind == .count || condition.kind == .distinct ? Int(condition.pattern) : nil
    guard let matches else { return nil }
    let inside = patterns[matches] & windows[Int(condition.window)]
    return condition.kind == .count ? inside.count : firsts(inside.signals).nonzeroBitCount
  }
}
