import Foundation
import Recommender
import Replay
import SnapshotFormat

/// What kind of items the answers consist of, beside whether they were right.
package struct AnswerProfile {
  /// By name and cut-off, as `coverage@20`.
  private(set) var values: [String: Double] = [:]

  /// - `coverage@k`: distinct items among the first k of all answers, divided by the items that may be shown;
  /// - `novelty@k`: mean of −log₂ of the item's share of the training events, every item counted once more than it occurs, so that an
  ///   item without events has a share (Zhou et al. 2010, self-information);
  /// - `popularity_rank@k`: mean place of the answered items in the order of popularity, 0 the most popular, 1 the least;
  /// - `popularity_bias@k`: mean share of training events of the answered items, divided by the same of the training events
  ///   themselves: above 1, answers are more popular than what people do.
  init(_ tally: AnswerTally, _ snapshot: TrainedSnapshot, cutoffs: [Int]) {
    let popularity = snapshot.popularity.map(Double.init)
    let total = popularity.reduce(0, +) + Double(popularity.count)
    let information = popularity.map { -log2(($0 + 1) / total) }
    let ranks = AnswerProfile.ranks(snapshot.popularity)
    let typical = AnswerProfile.mean(popularity, weights: snapshot.popularity)
    for (counts, k) in zip(tally.answers, cutoffs) {
      let distinct = counts.count { $0 > 0 }
      values["coverage@\(k)"] = Double(distinct) / Double(max(snapshot.shown, 1))
      values["novelty@\(k)"] = AnswerProfile.mean(information, weights: counts)
      values["popularity_rank@\(k)"] = AnswerProfile.mean(ranks, weights: counts)
      values["popularity_bias@\(k)"] = typical > 0 ? AnswerProfile.mean(popularity, weights: counts) / typical : 0
    }
    trainingRank = AnswerProfile.mean(ranks, weights: snapshot.popularity)
  }

  /// `popularity_rank` of the training events themselves.
  let trainingRank: Double

  static func mean(_ values: [Double], weights: [UInt32]) -> Double {
    var sum = 0.0
    var total = 0.0
    for (value, weight) in zip(values, weights) where weight > 0 {
      sum += value * Double(weight)
      total += Double(weight)
    }
    return total > 0 ? sum / total : 0
  }

  /// Places in 0...1; items of equal popularity share the mean of theirs.
  package static func ranks(_ popularity: [UInt32]) -> [Double] {
    let order = popularity.indices.sorted { (popularity[$1], $0) < (popularity[$0], $1) }
    var ranks = [Double](repeating: 0, count: popularity.count)
    var start = 0
    while start < order.count {
      var end = start
      while end < order.count, popularity[order[end]] == popularity[order[start]] { end += 1 }
      let rank = Double(start + end - 1) / 2 / Double(max(order.count - 1, 1))
      for place in start..<end { ranks[order[place]] = rank }
      start = end
    }
    return ranks
  }
}
