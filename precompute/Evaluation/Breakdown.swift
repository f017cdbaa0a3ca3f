import EventLog
import Replay

/// A partition of the positions by something that is known of each.
struct Breakdown {
  /// The key in the JSON output.
  let key: String
  let title: String
  /// In the order in which they are shown.
  var groups: [Group]

  struct Group {
    let name: String
    /// Numbers of positions, ascending.
    let positions: [Int]
  }

  /// Takes the groups in the order of their numbers; leaves out empty ones.
  private init(_ key: String, _ title: String, names: [String], groupOfPosition: [Int]) {
    var members = [[Int]](repeating: [], count: names.count)
    for (position, group) in groupOfPosition.enumerated() { members[group].append(position) }
    (self.key, self.title) = (key, title)
    groups = zip(names, members).filter { !$0.1.isEmpty }.map { Group(name: $0, positions: $1) }
  }

  static func all(_ test: TestSet, _ snapshot: TrainedSnapshot, _ items: ItemDirectory) -> [Breakdown] {
    [regions(test), lengths(test), types(test), repeats(test), evidence(test, snapshot, items)].compactMap { $0 }
  }

  /// Largest first, then all but the largest. Nil where events name no region.
  private static func regions(_ test: TestSet) -> Breakdown? {
    let unnamed = test.regionNames.count
    let numbers = test.positions.map { min(Int(test.sessions[$0.session][$0.target].region), unnamed) }
    guard numbers.contains(where: { $0 < unnamed }) else { return nil }
    var breakdown = Breakdown(
      "region", "region", names: test.regionNames + ["(no region)"], groupOfPosition: numbers)
    breakdown.groups.sort { ($1.positions.count, $0.name) < ($0.positions.count, $1.name) }
    if let largest = breakdown.groups.first, breakdown.groups.count > 1 {
      let others = breakdown.groups.dropFirst().flatMap(\.positions).sorted()
      breakdown.groups.append(Group(name: "outside \(largest.name)", positions: others))
    }
    return breakdown
  }

  private static func lengths(_ test: TestSet) -> Breakdown {
    let bounds = [1, 2, 5, 10, .max]
    let numbers = test.positions.map { position in
      let length =
        switch test.protocolOfTest {
        case .next: position.target
        case .basket: test.sessions[position.session].count - 1
        }
      return bounds.firstIndex { length <= $0 } ?? 0
    }
    return Breakdown(
      "session_length", "events before", names: ["1", "2", "3-5", "6-10", "> 10"], groupOfPosition: numbers)
  }

  /// Nil for baskets, where a type says nothing.
  private static func types(_ test: TestSet) -> Breakdown? {
    guard case .next = test.protocolOfTest else { return nil }
    var names = [String](repeating: "", count: 256)
    let numbers = test.positions.map { position in
      let type = test.sessions[position.session][position.target].type
      names[Int(type.rawValue)] = "\(type.name)"
      return Int(type.rawValue)
    }
    return Breakdown("target_type", "event to come", names: names, groupOfPosition: numbers)
  }

  /// Nil for baskets, which hold an item once.
  private static func repeats(_ test: TestSet) -> Breakdown? {
    guard case .next = test.protocolOfTest else { return nil }
    let numbers = test.positions.map { position in
      let session = test.sessions[position.session]
      let item = session[position.target].item
      if session[position.target - 1].item == item { return 2 }
      return session[..<position.target].contains { $0.item == item } ? 1 : 0
    }
    return Breakdown(
      "target_seen", "target in the session", names: ["new", "seen before", "the current item"],
      groupOfPosition: numbers)
  }

  private static func evidence(_ test: TestSet, _ snapshot: TrainedSnapshot, _ items: ItemDirectory) -> Breakdown {
    let bounds: [UInt32] = [0, 4, 19, 99, .max]
    let numbers = test.positions.map { position in
      let item = items.numbers[Int(test.sessions[position.session][position.target].item)]
      guard item != ItemDirectory.unknown else { return 0 }
      let events = snapshot.popularity[Int(item)]
      return 1 + (bounds.firstIndex { events <= $0 } ?? 0)
    }
    return Breakdown(
      "target_evidence", "training events of the target",
      names: ["unknown item", "0", "1-4", "5-19", "20-99", "100 or more"], groupOfPosition: numbers)
  }
}
