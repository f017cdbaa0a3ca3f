import EventLog
import Foundation

/// Which items lead to which: SLIST (Choi et al. 2021) solved locally, by one small regression for each target.
///
/// SLIST minimises ‖W^½(Y − ZB)‖² + λ‖B‖² for Z = [√α·X; √(1−α)·S], Y = [√α·X; √(1−α)·T]: X holds the items of each
/// session, S each position but the last, T what follows it, e^(−(d−1)/τ) at distance d, and W weighs the sessions. The
/// dense solution takes an inverse of items × items. Here each target j has the `neighbours` items that alone explain
/// it best, by R²/(G + λ), as its only sources, and
///
///     (G_CC + Λ) b = R_Cj,  b ≥ 0,   G = ZᵀWZ,  R = ZᵀWY,  Λ = λ + dropout / (1 − dropout) · G_cc
///
/// Negative coefficients could not be served from lists, so they are ruled out rather than cut off. Serving is a sum over
/// the session: score(j) = Σ decay(position) · B[item][j].
///
/// Repeats of an item are not in these lists. Measured on Serenade's toy sessions with repeats added at 0.7 (position
/// decay 2, current item excluded; means over the validation day and the last two days of training, each held out),
/// MRR/HitRate@20: .359/.636, with `dropout` 0 .361/.632, α 0.3 .358/.636; `NextItem` in its place .342/.641. On Online
/// Retail (June, July and August 2011 each held out, every item of a basket hidden in turn, up to 15), outside the UK:
/// .177/.443, `sizeExponent` 0 .177/.440, 1 .169/.428, `CoOccurrence` in its place .137/.382, and the dense inverse (EASE,
/// λ 30, the same weights) .174/.438; in the UK .170/.424, there `CoOccurrence` .138/.364.
public enum LocalSLIST {
  public struct Parameters: Sendable {
    /// Whether the order of a session's events means anything; false for baskets, where α is 1.
    public var ordered: Bool
    public var weights = EventWeights.standard
    /// α, the share of what stands together against what follows.
    public var sessionShare: Double
    /// τ, in positions.
    public var followingDecay = 2.0
    /// Sources of a target: 50 do as well as 200.
    public var neighbours = 50
    /// λ, in sightings.
    public var ridge: Float = 10
    /// The share of its items that a session could lose and still point to the target (Steck 2020), in 0..<1.
    public var dropout: Float
    /// A session of m items counts m^(−sizeExponent).
    public var sizeExponent: Double
    /// Only the last so many events of a session count; bounds the work, which grows with the square.
    public var lastEvents: Int
    /// Off-diagonal entries of G kept for each item, its largest: bounds the memory.
    public var rowLimit = 1000
    /// Sessions that must hold both items. What this costs on Serenade's toy sessions, where most items are rare
    /// (HitRate@20 as above): .636 at 1, .531 at 2, .386 at 5; on Online Retail nothing at 2.
    public var minimumSupport = 1
    /// Seconds after which a session counts half; nil counts all alike.
    public var recencyHalfLife: Double?
    /// Sweeps of the solver over a target's sources at most.
    public var sweeps = 50
    /// Targets kept for each source.
    public var length = 50

    public init(ordered: Bool = true) {
      self.ordered = ordered
      sessionShare = ordered ? 0.5 : 1
      dropout = ordered ? 0.75 : 0
      sizeExponent = ordered ? 0 : 0.4
      lastEvents = ordered ? 100 : 1000
    }
  }

  /// A list for each item of `table`, empty where nothing is known. Never-recommended items are sources, not targets.
  public static func fit(
    _ table: EventTable, sessions: SessionIndex, catalogue: Catalogue, parameters: Parameters = Parameters(),
    asOf: UInt32, parallelism: Parallelism = .allCores
  ) -> ItemLists {
    precondition(parameters.ridge > 0 && (0..<1).contains(parameters.dropout) && parameters.followingDecay > 0)
    let (weights, limit) = (parameters.weights, parameters.lastEvents)
    let pairs = SessionPairs(
      itemCount: table.itemIDs.count, baskets: .baskets(table, sessions, weights: weights, limit: limit),
      sequences: parameters.ordered ? .sequences(table, sessions, weights: weights, limit: limit) : SessionItems(),
      recency: sessionRecency(table, sessions, halfLife: parameters.recencyHalfLife, asOf: asOf),
      parameters: parameters)
    let regression = Regression(
      pairs, allowed: catalogue.recommendable(itemCount: pairs.itemCount), parameters: parameters,
      parallelism: parallelism)
    return regression.coefficients(parameters, parallelism).bestOfColumns(
      length: parameters.length, parallelism: parallelism)
  }
}

/// G, and of R what the regressions need.
private struct Regression {
  private let diagonal: [Float]
  /// By item, its largest entries off the diagonal, in no order.
  private var gram = SparseRows()
  /// By target: its sources with their R, best first; empty for what is never recommended.
  private var sources = SparseRows()

  init(_ pairs: SessionPairs, allowed: [Bool], parameters: LocalSLIST.Parameters, parallelism: Parallelism) {
    let share = parameters.ordered ? parameters.sessionShare : 1
    let diagonal = pairs.diagonal(sessionShare: share)
    self.diagonal = diagonal
    let parts = parallelism.mapChunks(
      of: pairs.itemCount, size: 64, scratch: { PairSums(itemCount: pairs.itemCount) }
    ) { sums, targets in
      var (gram, sources) = (SparseRows(), SparseRows())
      var (largest, best) = (TopK(limit: parameters.rowLimit), TopK(limit: parameters.neighbours))
      for target in targets {
        pairs.add(target, to: &sums)
        func response(_ item: UInt32) -> Double { share * sums[item].together + (1 - share) * sums[item].following }
        let isTarget = allowed[target]
        for item in sums.touched {
          largest.offer(item: item, score: Float(share * sums[item].together))
          guard isTarget, Int(sums[item].support) >= parameters.minimumSupport else { continue }
          let gain = response(item) * response(item) / Double(diagonal[Int(item)] + parameters.ridge)
          best.offer(item: item, score: Float(gain))
        }
        largest.removeAll { gram.append(row: $0.lazy.map { ($0.item, $0.score) }) }
        sources.append(row: best.drain().map { ($0.item, Float(response($0.item))) })
        sums.clear()
      }
      return (gram, sources)
    }
    for part in parts {
      gram.append(contentsOf: part.0)
      sources.append(contentsOf: part.1)
    }
  }

  /// By target: its sources with positive coefficients.
  func coefficients(_ parameters: LocalSLIST.Parameters, _ parallelism: Parallelism) -> SparseRows {
    let dropout = 1 / (1 - parameters.dropout)
    let parts = parallelism.mapChunks(
      of: sources.count, size: 64,
      scratch: { (NonNegativeRidge(), ScratchCells(UInt16(0), count: sources.count)) }
    ) { scratch, targets in
      var columns = SparseRows()
      let place = scratch.1
      for target in targets {
        let row = sources.row(target)
        let items = sources.items[row]
        scratch.0.begin(
          sources.values[row], diagonal: items.map { diagonal[Int($0)] * dropout + parameters.ridge })
        // One more than an item's place among the sources; 0 for all others. Small, so that it stays in the first cache, since
        // nearly all of the time goes into asking it.
        for (number, item) in items.enumerated() { place[Int(item)] = UInt16(number + 1) }
        for (number, item) in items.enumerated() {
          gram.forEach(inRow: Int(item)) { item, value in
            let other = Int(place[Int(item)])
            if other > 0 { scratch.0.set(number, other - 1, value) }
          }
        }
        for item in items { place[Int(item)] = 0 }
        scratch.0.solve(sweeps: parameters.sweeps)
        columns.append(row: zip(items, scratch.0.solution).lazy.filter { $0.1 > 0 }.map { ($0.0, $0.1) })
      }
      return columns
    }
    return parts.reduce(into: SparseRows()) { $0.append(contentsOf: $1) }
  }
}
