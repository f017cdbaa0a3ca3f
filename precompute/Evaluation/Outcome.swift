import Foundation
import Recommender

/// How one position was answered: all that the ranking metrics need.
package struct Outcome: Sendable {
  /// Of the target in the answer, from 1; 0 where it is not in it.
  private var rank: UInt8 = 0
  /// Bit `i`: the answer's item `i` is relevant.
  private var hits: UInt128 = 0
  /// Relevant items in all, whether the snapshot knows them or not.
  private let relevant: UInt32
  /// Answered items.
  private var count: UInt8 = 0
  /// The segment that the scorer saw in the session; nil for none.
  package var segment: Int?

  /// - Parameter relevant: number of relevant items, at least 1.
  package init(relevant: Int) { self.relevant = UInt32(relevant) }

  /// Adds the answer's next item.
  package mutating func add(isTarget: Bool, isRelevant: Bool) {
    if isRelevant { hits |= 1 << UInt128(count) }
    count += 1
    if isTarget { rank = count }
  }
}

/// The metrics of ranking, and the lane of each in a vector of sums.
public enum RankingMetric: Int, CaseIterable, Sendable {
  /// Share of positions whose target is among the first k.
  case hr = 0
  /// Mean of 1 / rank of the target, 0 beyond k.
  case mrr = 1
  /// Relevant items among the first k, divided by k.
  case precision = 2
  /// Relevant items among the first k, divided by all relevant items.
  case recall = 3
  /// Σ over ranks ≤ k with a relevant item of the precision up to there, divided by all relevant items.
  case map = 4
  /// Σ over ranks r ≤ k with a relevant item of 1 / log₂(r + 1), divided by the largest such sum (Järvelin, Kekäläinen 2002, in
  /// the form with a discount from the second rank on).
  case ndcg = 5

  public var name: String { "\(self)" }
}

/// One value for each metric, by raw value.
package typealias MetricVector = SIMD8<Double>

extension Outcome {
  /// The metrics of this one answer at cut-off `k`.
  package func metrics(at k: Int) -> MetricVector {
    var vector = MetricVector()
    if rank > 0, Int(rank) <= k {
      vector[RankingMetric.hr.rawValue] = 1
      vector[RankingMetric.mrr.rawValue] = 1 / Double(rank)
    }
    var found = 0.0
    var precisions = 0.0
    var gain = 0.0
    for place in 0..<min(k, Int(count)) where hits >> UInt128(place) & 1 == 1 {
      found += 1
      precisions += found / Double(place + 1)
      gain += Outcome.discount[place]
    }
    let all = Double(relevant)
    vector[RankingMetric.precision.rawValue] = found / Double(k)
    vector[RankingMetric.recall.rawValue] = found / all
    vector[RankingMetric.map.rawValue] = precisions / all
    vector[RankingMetric.ndcg.rawValue] = gain / Outcome.idealGain[min(k, Int(relevant))]
    return vector
  }

  private static let discount = (0..<Query.limitMax).map { 1 / log2(Double($0 + 2)) }
  /// By number of relevant items.
  private static let idealGain = (0...Query.limitMax).map { discount[..<$0].reduce(0, +) }
}
