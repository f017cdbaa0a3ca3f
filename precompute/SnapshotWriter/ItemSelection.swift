import Configuration
import EventLog
import Models

/// Which items of a log a snapshot takes, decided before anything is trained. Whoever can send events can make up ids, as many as
/// they like and of whatever hashes; so what a base has no room for, or no name, is left out instead of ending the build. Items of the
/// catalogue come first, and of equal ones those that more sessions hold.
public struct ItemSelection: Sendable {
  /// The log with the items that are taken, each with the salt of its name; without the others and the events about them.
  public let log: EventLog
  /// Nil where all are taken.
  public let leftOut: LeftOutItems?

  /// - Parameter listedOnly: items that only events know are left out where there is a catalogue.
  public init(
    _ log: EventLog, _ configuration: Configuration, listedOnly: Bool = false, parallelism: Parallelism = .allCores
  ) {
    let items = log.catalogue.items
    let order = ItemSelection.order(log, parallelism)
    var leftOut = LeftOutItems()
    let room = ItemRoom(log, configuration, listedOnly: listedOnly).count(of: order)
    leftOut.overBudget = order.count - room

    var naming = ItemNaming(items: room)
    var salts = [UInt8](repeating: 0, count: order.count)
    var named: [(item: Int, name: UInt32)] = []
    named.reserveCapacity(room)
    for item in order.prefix(room) {
      guard let (name, salt) = naming.name(log.table.itemIDs[item]) else { continue }
      named.append((item, name))
      salts[item] = salt
    }
    leftOut.withoutName = room - named.count

    var isKept = [Bool](repeating: false, count: order.count)
    for (place, fits) in SlotRuns.fitting(named.map(\.name)).enumerated() { isKept[named[place].item] = fits }
    leftOut.kept = isKept.count { $0 }
    leftOut.crowded = named.count - leftOut.kept
    leftOut.listed = items.indices.count { items[$0].isListed && !isKept[$0] }

    var selected = log
    for item in order where items[item].nameSalt != salts[item] {
      selected.catalogue.items[item].nameSalt = salts[item]
    }
    selected.keepItems(isKept)
    leftOut.events = log.table.count - selected.table.count
    (self.log, self.leftOut) = (selected, leftOut.kept < order.count ? leftOut : nil)
  }

  /// Whether there is a catalogue, and items beside it.
  public var hasUnlisted: Bool {
    let items = log.catalogue.items
    return items.contains { $0.isListed } && items.contains { !$0.isListed }
  }

  /// All items, those to keep first.
  private static func order(_ log: EventLog, _ parallelism: Parallelism) -> [Int] {
    let sessions = SessionIndex(log.table, parallelism: parallelism).sessionsOfItem(log.table)
    let (ids, items) = (log.table.itemIDs, log.catalogue.items)
    return ids.indices.sorted { a, b in
      if items[a].isListed != items[b].isListed { return items[a].isListed }
      if sessions[a] != sessions[b] { return sessions[a] > sessions[b] }
      return ids[a].utf8.lexicographicallyPrecedes(ids[b].utf8)
    }
  }
}

/// Items that a snapshot does not have, and why.
public struct LeftOutItems: Sendable, Equatable {
  /// Items that it has.
  public internal(set) var kept = 0
  /// The budget has no room for their fixed columns.
  public internal(set) var overBudget = 0
  /// The hash of their id meets those of others with each salt, or there are no further salts.
  public internal(set) var withoutName = 0
  /// Too many names lie side by side in the index.
  public internal(set) var crowded = 0
  /// Of all these, the items of the catalogue.
  public internal(set) var listed = 0
  /// Events about them.
  public internal(set) var events = 0

  public var count: Int { overBudget + withoutName + crowded }
}
