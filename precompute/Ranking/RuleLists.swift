import Configuration
import EventLog
import Models
import Replay
import SnapshotWriter

extension TrainedModels {
  /// Adds what is popular in each segment of rules, where the shop wants that: among the people who have been in it within
  /// `windows.trending`, in their events of that time. Judging takes a snapshot, so one is written, in memory alone.
  /// - Parameter table: what the models were trained on; what is later than their moment is nobody's to learn from.
  mutating func addRuleLists(
    _ table: EventTable, _ plan: SnapshotPlan, _ configuration: Configuration, _ parallelism: Parallelism,
    _ progress: (String) -> Void = { _ in }
  ) throws {
    guard configuration.segments.ruleLists, configuration.rules.contains(where: \.joinsSegment) else { return }
    progress("training: lists of the rules' segments")
    let window = configuration.windows.trendingSeconds
    let lately = table.events(from: asOf >= window ? asOf - window + 1 : 0, through: asOf)
    let people = People(lately)
    let snapshot = try TrainedSnapshot(self, plan, configuration, table: lately)
    let segments = try RuleSegments(snapshot, lately, people: people, parallelism: parallelism).ofPerson
    let popularity = SegmentPopularity(
      lately, people: people, catalogue: catalogue, weights: EventWeights(configuration.weights),
      configuration: configuration, asOf: asOf, parallelism: parallelism)
    // One by one: who is in one segment may be in others.
    let known = segments.reduce(0, |)
    for segment in 0..<known.bitWidth where known & 1 << UInt64(segment) != 0 {
      let members = segments.map { $0 & 1 << UInt64(segment) != 0 ? UInt16(0) : .max }
      ruleLists[segment] = popularity.lists(members, count: 1)[0]
    }
  }
}

extension Rule {
  fileprivate var joinsSegment: Bool {
    effects.contains { if case .join = $0 { true } else { false } }
  }
}
