import Bytes
import Session
import SnapshotFormat

/// Rules judged for themselves, in place of the snapshot's own: to be explained, tried or timed.
public struct RuleTrial: ~Copyable {
  public let table: RuleTable
  public let engine: RuleEngine
  private var interests = Interests()
  private let base: BaseSnapshot
  /// The visitor's cluster, which an answer has found before it comes to rules.
  private let cluster: Int?

  /// - Parameter table: rules whose names are those of the base that `recommender` has open; nil where none is.
  public init?(
    _ table: RuleTable, _ recommender: Recommender, _ query: borrowing Query, for session: borrowing Session
  ) {
    guard let base = recommender.snapshots.base else { return nil }
    self.table = table
    self.base = base
    engine = RuleEngine(table)
    interests.resolve(session, current: query.currentItem, in: base)
    cluster = base.segments?.segment(of: interests, in: base)
    judge(query, for: session)
  }

  /// Judges the session that the trial was made with, as an answer does.
  public func judge(_ query: borrowing Query, for session: borrowing Session) {
    engine.evaluate(
      table, session, interests, query.request, cluster: cluster, pause: base.sessionPause, in: base)
  }
}

extension RuleEngine {
  /// How many of what condition `number` counts are inside its window; nil where it does not count.
  public func count(_ number: Int, _ table: RuleTable) -> Int? {
    let condition = table.conditions[number]
    guard condition.kind == .count || condition.kind == .distinct else { return nil }
    let inside = patterns[Int(condition.pattern)] & windows[Int(condition.window)]
    return condition.kind == .count ? inside.count : firsts(inside.signals).nonzeroBitCount
  }
}
