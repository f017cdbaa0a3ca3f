import Bytes
import Configuration
import EventLog
import Models
import Recommender
import Replay
import Session
import SnapshotFormat

/// Who has been in which of the shop's segments of rules: past visitors, judged by the engine that judges those to come.
///
/// A visitor's session is what their token would hold: all that the person has done, as long as the snapshot's windows keep it. It is
/// judged where a session of the log ends. What no log tells (page, device, referrer, local time) is as for a visitor of whom it is
/// not known, on the homepage.
struct RuleSegments {
  /// By person of `People`: bit s for segment s, in the order of the compiled rules.
  let ofPerson: [UInt64]

  /// - Parameters:
  ///   - snapshot: with the rules in it.
  ///   - people: those of `table`.
  init(_ snapshot: TrainedSnapshot, _ table: EventTable, people: People, parallelism: Parallelism) throws {
    guard let base = try snapshot.open().snapshots.base else {
      ofPerson = [UInt64](repeating: 0, count: people.bound)
      return
    }
    let items = ItemDirectory(table.itemIDs, base)
    var endsSession = [Bool](repeating: false, count: table.count)
    let sessions = SessionIndex(table, parallelism: parallelism)
    for session in 0..<sessions.count {
      if let last = sessions[session].last { endsSession[Int(last)] = true }
    }
    var byPerson = table
    (byPerson.sessions, byPerson.sessionCount) = (people.ofEvent, people.bound)
    let visitors = SessionIndex(byPerson, parallelism: parallelism)
    let parts = parallelism.mapChunks(
      of: visitors.count, size: 1024, scratch: { Result { try Judge(snapshot, table, items) } }
    ) { judge, persons in
      judge.map { judge in
        persons.map { judge.segments(of: visitors[$0].lazy.map(Int.init), in: table, endsSession) }
      }
    }
    ofPerson = try parts.flatMap { try $0.get() }
  }
}

/// One thread's scorer with a visitor's session.
private final class Judge {
  private let recommender: Recommender
  private let items: ItemDirectory
  private let regions: [OwnedBytes]
  private var session = Session()
  private var query = Query()

  init(_ snapshot: TrainedSnapshot, _ table: EventTable, _ items: ItemDirectory) throws {
    recommender = try snapshot.open()
    self.items = items
    regions = table.regionNames.map { OwnedBytes(copying: Array($0.utf8)) }
  }

  /// The segments in which one of the person's sessions has ended.
  /// - Parameter events: the person's, by time.
  func segments(of events: some Sequence<Int>, in table: EventTable, _ endsSession: [Bool]) -> UInt64 {
    session.clear()
    var found: UInt64 = 0
    for event in events {
      guard let type = EventType(rawValue: table.types[event]) else { continue }
      let (time, region) = (table.times[event], table.regions[event])
      recommender.expire(&session, now: time)
      recommender.record(Signal(item: items.names[Int(table.items[event])], type: type, time: time), in: &session)
      guard endsSession[event] else { continue }
      query.request.now = time
      query.region = region == EventTable.noRegion ? .empty : regions[Int(region)].view
      found |= segments()
    }
    return found
  }

  /// Those that the session is in now.
  private func segments() -> UInt64 {
    guard let rules = recommender.snapshots.base?.rules,
      let trial = RuleTrial(rules, recommender, query, for: session)
    else { return 0 }
    var found: UInt64 = 0
    for segment in trial.engine.segments.indices where trial.engine.segments[segment] != RuleStep.never {
      found |= 1 << UInt64(segment)
    }
    return found
  }
}
