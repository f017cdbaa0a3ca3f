import EventLog
import Foundation

/// How much each item was asked for in each scope of a `RegionTree`, and by how many people.
///
/// An event is worth type_weight · 2^(−age / halfLife). A person's m-th strongest event on an item counts 1/m of its
/// worth, so that a thousand events of one person count like seven: nobody makes a list alone, yet buying again counts.
struct ScopeEvidence: Sendable {
  struct Entry: Sendable {
    var scope: UInt32
    var item: UInt32
    var people: UInt32
    var weight: Double
  }

  /// Grouped by scope, within it by item.
  private let entries: [Entry]
  private let offsets: [UInt32]

  subscript(scope: Int) -> ArraySlice<Entry> { entries[Int(offsets[scope])..<Int(offsets[scope + 1])] }

  /// Counts the events with asOf − window < time ≤ asOf; all up to `asOf` without a window.
  init(
    _ table: EventTable, people: People, regions: RegionTree, byItem: Grouping, weights: EventWeights,
    asOf: UInt32, window: Double?, halfLife: Double, parallelism: Parallelism
  ) {
    let parts = parallelism.mapChunks(
      of: byItem.count, size: 512, scratch: { Scratch(scopeCount: regions.scopes.count) }
    ) { scratch, items in
      var found: [Entry] = []
      for item in items {
        scratch.votes.removeAll(keepingCapacity: true)
        for event in byItem[item].lazy.map(Int.init) {
          let age = Double(asOf) - Double(table.times[event])
          guard age >= 0, age < window ?? .infinity else { continue }
          let worth = Float(Double(weights[table.types[event]]) * exp2(-age / halfLife))
          guard worth > 0 else { continue }
          scratch.votes.append(
            Vote(person: people.ofEvent[event], worth: worth, scope: regions.scope(ofRegion: table.regions[event])))
        }
        scratch.count(item: UInt32(item), in: regions, into: &found)
      }
      return found
    }
    let all = parts.flatMap { $0 }
    let byScope = Grouping(all.map(\.scope), groupCount: regions.scopes.count)
    entries = byScope.members.map { all[Int($0)] }
    offsets = byScope.offsets
  }
}

/// One event on the item at hand.
private struct Vote {
  /// Orders by person, then by descending worth (positive floats order like their bits).
  var key: UInt64
  var scope: Int

  init(person: UInt32, worth: Float, scope: Int) {
    key = UInt64(person) << 32 | UInt64(~worth.bitPattern)
    self.scope = scope
  }

  var person: UInt32 { UInt32(key >> 32) }
  var worth: Double { Double(Float(bitPattern: ~UInt32(truncatingIfNeeded: key))) }
}

private struct Scratch {
  struct Tally {
    var weight = 0.0
    var people: UInt32 = 0
    var lastPerson: UInt32 = .max
    var eventsOfPerson = 0.0
  }

  var votes: [Vote] = []
  private var tallies: [Tally]
  private var touched: [Int] = []

  init(scopeCount: Int) { tallies = [Tally](repeating: Tally(), count: scopeCount) }

  /// Counts the votes in their scopes and all scopes above, and leaves the scratch empty.
  mutating func count(item: UInt32, in regions: RegionTree, into found: inout [ScopeEvidence.Entry]) {
    votes.sort { $0.key < $1.key }
    for vote in votes {
      var scope = vote.scope
      add(vote, to: scope)
      while scope != RegionTree.world {
        scope = regions.scopes[scope].parent
        add(vote, to: scope)
      }
    }
    for scope in touched {
      let tally = tallies[scope]
      found.append(.init(scope: UInt32(scope), item: item, people: tally.people, weight: tally.weight))
      tallies[scope] = Tally()
    }
    touched.removeAll(keepingCapacity: true)
  }

  private mutating func add(_ vote: Vote, to scope: Int) {
    if tallies[scope].people == 0 { touched.append(scope) }
    if tallies[scope].people == 0 || tallies[scope].lastPerson != vote.person {
      tallies[scope].people += 1
      tallies[scope].lastPerson = vote.person
      tallies[scope].eventsOfPerson = 0
    }
    tallies[scope].eventsOfPerson += 1
    tallies[scope].weight += vote.worth / tallies[scope].eventsOfPerson
  }
}
