import Foundation

/// Vector-based sequence- and time-aware neighbourhoods (Garg et al. 2019, extended by Ludewig et al. 2020): nearness in the visit,
/// in time and in the neighbour all count. L is the visit's length, positions count from the newest event, 0.
///
///     w(i) = e^(−position(i) / λ₁)
///     sim(n) = Σ over shared items of w / (‖w‖ · √(distinct items of n)) · e^(−Δt / λ₂)
///     score(i) += sim(n) · e^(−|place of i in n − place of the newest shared item in n| / λ₃)
///                 · (1 + λ_idf · idf(i)) · e^(−position of the newest shared item / λ₄)
public struct VSTAN: NeighbourModel {
  /// Past sessions considered of each item, the newest.
  public var sessions = 2500
  public var neighbours = 200
  /// λ₁, in events.
  public var visitDecay = 0.905
  /// λ₂, in seconds.
  public var timeDecay = 40 * 86_400.0
  /// λ₃, in events.
  public var neighbourDecay = 0.4525
  /// λ₄, in events.
  public var matchDecay = 0.905
  public var frequencyWeight = 5.0

  public init() {}

  func addSimilarities(of visit: Visit, in past: PastSessions, to similarities: inout SparseSums) {
    let weights = visit.newestFirst.map { (item: $0.item, weight: exp(-Double($0.position) / visitDecay)) }
    let norm = weights.reduce(0) { $0 + $1.weight * $1.weight }.squareRoot()
    for (item, weight) in weights {
      for session in past.sessions(of: item, most: sessions) {
        let age = max(0, Double(visit.time) - Double(past.ends[Int(session)]))
        similarities.add(session, weight / norm * past.inverseNorms[Int(session)] * exp(-age / timeDecay))
      }
    }
  }

  func addScores(
    of neighbour: UInt32, similarity: Double, position: [UInt32: Int], in past: PastSessions,
    to scores: inout SparseSums
  ) {
    let items = past[neighbour]
    // Where the newest shared item stands more than once in the neighbour, its last occurrence.
    let shared = items.indices.compactMap { place in position[items[place]].map { (place, $0) } }
    guard let match = shared.min(by: { ($0.1, $1.0) < ($1.1, $0.0) }) else { return }
    let strength = similarity * exp(-Double(match.1) / matchDecay)
    for place in items.indices {
      let item = items[place]
      let nearness = exp(-Double(abs(place - match.0)) / neighbourDecay)
      scores.add(item, strength * nearness * (1 + frequencyWeight * past.inverseFrequencies[Int(item)]))
    }
  }
}
