import EventLog
import Foundation
import SnapshotFormat

/// What each person did, in the terms in which the scorer sees a session: the distinct items of each of their sessions, each with its
/// topic, price level and novelty, added up over all sessions. Visits and dates are kept beside it, for describing segments only: a
/// session at the edge does not show them.
struct VisitorBehaviour: Sendable {
  struct Habits: Sendable {
    var sessions: UInt32 = 0
    var first: UInt32 = .max
    var last: UInt32 = 0
  }

  /// The persons with at least one item, ascending; everything else is by place in here.
  private(set) var persons: [UInt32] = []
  private(set) var totals: [BehaviourTotals] = []
  private(set) var habits: [Habits] = []
  private var offsets: [UInt32] = [0]
  private var topics: [UInt8] = []
  private var counts: [UInt32] = []

  var count: Int { persons.count }

  /// The visitor's topics, each with the number of items in it.
  func topics(of visitor: Int) -> some Sequence<(topic: Int, count: Int)> {
    (Int(offsets[visitor])..<Int(offsets[visitor + 1])).lazy.map { (Int(topics[$0]), Int(counts[$0])) }
  }

  init() {}

  init(
    _ table: EventTable, people: People, weights: EventWeights, items: BehaviourOfItems, parallelism: Parallelism
  ) {
    let byPerson = Grouping(people.ofEvent, groupCount: people.bound)
    let parts = parallelism.mapChunks(of: byPerson.count, size: 1024, scratch: {}) { _, persons in
      var part = VisitorBehaviour()
      for person in persons {
        let events = byPerson[person].lazy.map(Int.init).filter { weights[table.types[$0]] > 0 }
        part.append(UInt32(person), table, Array(events), items)
      }
      return part
    }
    for part in parts {
      let shift = offsets[offsets.count - 1]
      offsets += part.offsets.dropFirst().map { $0 + shift }
      persons += part.persons
      totals += part.totals
      habits += part.habits
      topics += part.topics
      counts += part.counts
    }
  }

  private mutating func append(_ person: UInt32, _ table: EventTable, _ events: [Int], _ items: BehaviourOfItems) {
    guard !events.isEmpty else { return }
    // By session, then item: each item of a session counts once.
    let keys = events.map { (UInt64(table.sessions[$0]) << 32 | UInt64(table.items[$0]), table.times[$0]) }
      .sorted { $0 < $1 }
    var habits = Habits()
    var totals = BehaviourTotals()
    var counts = [UInt32](repeating: 0, count: SegmentEvidence.topicsMax)
    var last: UInt64?
    for (key, time) in keys {
      habits.first = min(habits.first, time)
      habits.last = max(habits.last, time)
      if key == last { continue }
      if last.map({ $0 >> 32 }) != key >> 32 { habits.sessions += 1 }
      last = key
      let behaviour = items.behaviour(of: Int(key & 0xFFFF_FFFF), at: time)
      totals.add(behaviour)
      if behaviour.topic != ItemBehaviour.noTopic { counts[behaviour.topic] += 1 }
    }
    for (topic, count) in counts.enumerated() where count > 0 {
      self.topics.append(UInt8(topic))
      self.counts.append(count)
    }
    offsets.append(UInt32(topics.count))
    persons.append(person)
    self.totals.append(totals)
    self.habits.append(habits)
  }
}
