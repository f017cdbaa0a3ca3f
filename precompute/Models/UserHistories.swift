import Bytes
import Configuration
import EventLog
import Foundation
import Session

/// What the people whom a snapshot is to know did lately. A person's items are weighed by the strongest event about each and its age.
public struct UserHistories: Sendable {
  public struct Person: Sendable, Equatable {
    /// The keyed hash of the id, see `HMACSHA256.rowID`.
    public var key: Int64
    /// Newest first.
    public var items: [Entry]
    /// Events that count anything.
    public var events: Int
  }

  public struct Entry: Sendable, Equatable {
    /// Index of the event table.
    public var item: UInt32
    /// The strongest.
    public var type: EventType
  }

  /// Most active first.
  public let people: [Person]

  public static let none = UserHistories(people: [])

  /// Days until what somebody did tells half as much of them.
  static let halfLifeDays = 30.0

  private init(people: [Person]) { self.people = people }

  /// Nobody, where the log was read without a key.
  public init(_ log: EventLog, _ configuration: Configuration) {
    guard !log.table.userKeys.isEmpty else {
      self = .none
      return
    }
    let asOf = TrainedModels.asOf(log, configuration)
    let table = log.table.events(from: 0, through: asOf)
    let people = People(table)
    var eventsOfUser = [[Int]](repeating: [], count: table.userCount)
    for (event, person) in people.ofEvent.enumerated() where person < UInt32(table.userCount) {
      eventsOfUser[Int(person)].append(event)
    }
    let rows = eventsOfUser.indices.compactMap { user in
      Self.person(table, eventsOfUser[user], key: table.userKeys[user], configuration, asOf: asOf)
    }
    // Two people of one hash: neither is known, rather than taken for the other.
    let byKey = Dictionary(grouping: table.userKeys, by: { $0 }).mapValues(\.count)
    self.people = rows.filter { byKey[$0.key] == 1 }.sorted { ($1.events, $0.key) < ($0.events, $1.key) }
  }

  private static func person(
    _ table: EventTable, _ events: [Int], key: Int64, _ configuration: Configuration, asOf: UInt32
  ) -> Person? {
    struct Trace {
      var type: EventType
      var weight: Float
      var time: UInt32
    }
    var traces: [UInt32: Trace] = [:]
    var counted = 0
    for event in events {
      guard let type = EventType(rawValue: table.types[event]), let weight = configuration.weights[type], weight > 0
      else { continue }
      counted += 1
      var trace = traces[table.items[event]] ?? Trace(type: type, weight: weight, time: 0)
      if weight > trace.weight { (trace.type, trace.weight) = (type, weight) }
      trace.time = max(trace.time, table.times[event])
      traces[table.items[event]] = trace
    }
    guard counted > 0 else { return nil }
    func value(_ trace: Trace) -> Double {
      Double(trace.weight) * exp2(-Double(asOf - trace.time) / (halfLifeDays * 86_400))
    }
    func id(_ item: UInt32) -> String { table.itemIDs[Int(item)] }
    // Numbers of items depend on the order of the input; ids do not.
    let telling = traces.sorted { a, b in
      let (x, y) = (value(a.value), value(b.value))
      return x != y ? x > y : id(a.key).utf8.lexicographicallyPrecedes(id(b.key).utf8)
    }.prefix(configuration.users.items)
    let newest = telling.sorted { a, b in
      a.value.time != b.value.time
        ? a.value.time > b.value.time : id(a.key).utf8.lexicographicallyPrecedes(id(b.key).utf8)
    }
    return Person(key: key, items: newest.map { Entry(item: $0.key, type: $0.value.type) }, events: counted)
  }
}
