import EventLog
import Foundation

/// What comes next after an item. For ordered sessions, sequential rules (Ludewig and Jannach 2018) with type weights:
/// rule[a][b] += w_b · recency / d for each a before b at distance d, and `backward` times as much for b before a;
/// divided by the recency-weighted number of times that a was seen, plus a constant that keeps a single sighting from
/// passing for certainty. Unordered sessions have no next: there, `CoOccurrence` of all their items.
public enum NextItem {
  public struct Parameters: Sendable {
    /// Whether the order of a session's events means anything; false for baskets.
    public var ordered = true
    public var weights = EventWeights.standard
    /// The greatest distance between the two items of a rule.
    public var steps = 10
    /// What a pair counts in the other direction: where most items are rare, half the evidence stands there.
    public var backward = 0.5
    /// Only the last so many events of a session count.
    public var lastEvents = 100
    /// Seconds after which a session counts half; nil counts all alike.
    public var recencyHalfLife: Double?
    /// Added to the number of sightings of the source: score = rule / (sightings + shrink).
    public var shrink = 2.0
    /// Scores are divided by the target's number of sightings to this power; 0 leaves popularity in.
    public var popularityDamping = 0.0
    /// Ordered sessions that must hold both items of a rule, at most `steps` apart; `baskets` has its own.
    public var minimumSupport = 1
    /// Targets kept for each source.
    public var length = 50
    /// For unordered sessions.
    public var baskets = CoOccurrence.Parameters()

    public init() {}
  }

  /// A list for each item of `table`, empty where nothing is known. Never-recommended items are sources, not targets.
  public static func fit(
    _ table: EventTable, sessions: SessionIndex, catalogue: Catalogue, parameters: Parameters = Parameters(),
    asOf: UInt32, parallelism: Parallelism = .allCores
  ) -> ItemLists {
    let allowed = catalogue.recommendable(itemCount: table.itemIDs.count)
    let recency = sessionRecency(table, sessions, halfLife: parameters.recencyHalfLife, asOf: asOf)
    if parameters.ordered {
      let sequences = SessionItems.sequences(
        table, sessions, weights: parameters.weights, limit: parameters.lastEvents)
      return rules(sequences, recency: recency, allowed: allowed, parameters: parameters, parallelism: parallelism)
    }
    let baskets = SessionItems.baskets(
      table, sessions, weights: parameters.weights, limit: parameters.baskets.maximumSize)
    return CoOccurrence.fit(
      baskets, recency: recency, allowed: allowed, length: parameters.length, parameters: parameters.baskets,
      parallelism: parallelism)
  }

  private static func rules(
    _ sequences: SessionItems, recency: [Double], allowed: [Bool], parameters: Parameters, parallelism: Parallelism
  ) -> ItemLists {
    let itemCount = allowed.count
    let occurrences = Grouping(sequences.items, groupCount: itemCount)
    var sightings = [Double](repeating: 0, count: itemCount)
    for (position, item) in sequences.items.enumerated() {
      sightings[Int(item)] += recency[Int(sequences.sessions[position])]
    }
    let damping = parameters.popularityDamping
    let divisors = damping == 0 ? [] : sightings.map { pow($0, damping) }
    let (steps, backward) = (parameters.steps, parameters.backward)
    let inverse = (0...max(1, steps)).map { 1 / Double(max(1, $0)) }
    let (shrink, minimumSupport) = (parameters.shrink, parameters.minimumSupport)

    return ItemLists.fit(itemCount: itemCount, length: parameters.length, parallelism: parallelism) { source, row in
      for position in occurrences[source].lazy.map(Int.init) {
        let session = Int(sequences.sessions[position])
        let bounds = sequences.range(session)
        func add(_ other: Int, _ factor: Double) {
          let target = sequences.items[other]
          guard target != UInt32(source), allowed[Int(target)] else { return }
          row.add(target, Double(sequences.weights[other]) * factor, group: session)
        }
        for distance in 1..<max(1, min(steps + 1, bounds.upperBound - position)) {
          add(position + distance, recency[session] * inverse[distance])
        }
        guard backward > 0 else { continue }
        for distance in 1..<max(1, min(steps, position - bounds.lowerBound) + 1) {
          add(position - distance, recency[session] * backward * inverse[distance])
        }
      }
    } score: { source, target, sum, support in
      guard support >= minimumSupport else { return nil }
      let conditional = sum / (sightings[source] + shrink)
      return damping == 0 ? conditional : conditional / divisors[Int(target)]
    }
  }
}
