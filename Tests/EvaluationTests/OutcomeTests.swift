import Evaluation
import Foundation
import TestSupport
import Testing

/// The metrics of an answer, against their definitions written out naively.
struct OutcomeTests {
  private func naive(_ answer: [Int], target: Int, relevant: Set<Int>, k: Int) -> [RankingMetric: Double] {
    let top = Array(answer.prefix(k))
    let found = Double(Set(top).intersection(relevant).count)
    var average = 0.0
    for rank in 1...max(1, top.count) where rank <= top.count && relevant.contains(top[rank - 1]) {
      average += Double(Set(top[..<rank]).intersection(relevant).count) / Double(rank)
    }
    let gain = top.enumerated().reduce(0.0) {
      $0 + (relevant.contains($1.element) ? 1 / log2(Double($1.offset) + 2) : 0)
    }
    let ideal = (0..<min(k, relevant.count)).reduce(0.0) { $0 + 1 / log2(Double($1) + 2) }
    return [
      .hr: top.contains(target) ? 1 : 0,
      .mrr: top.firstIndex(of: target).map { 1 / Double($0 + 1) } ?? 0,
      .precision: found / Double(k), .recall: found / Double(relevant.count),
      .map: average / Double(relevant.count), .ndcg: gain / ideal,
    ]
  }

  @Test func randomRankings() {
    var random = SeededGenerator(1)
    for _ in 0..<2000 {
      let answer = Array((0..<60).shuffled(using: &random).prefix(.random(in: 0...40, using: &random)))
      var relevant = Set(
        (0..<Int.random(in: 0...30, using: &random)).map { _ in Int.random(in: 0..<80, using: &random) })
      let target = Int.random(in: 0..<80, using: &random)
      relevant.insert(target)
      var outcome = Outcome(relevant: relevant.count)
      for item in answer { outcome.add(isTarget: item == target, isRelevant: relevant.contains(item)) }
      for k in [1, 2, 5, 10, 20, 40, 100] {
        let metrics = outcome.metrics(at: k)
        for (metric, value) in naive(answer, target: target, relevant: relevant, k: k) {
          #expect(abs(metrics[metric.rawValue] - value) < 1e-12, "\(metric)@\(k)")
        }
      }
    }
  }

  /// A perfect answer has every metric at its largest, an answer of 100 items fits.
  @Test func perfectAnswer() {
    var outcome = Outcome(relevant: 100)
    for place in 0..<100 { outcome.add(isTarget: place == 0, isRelevant: true) }
    let metrics = outcome.metrics(at: 100)
    for metric in RankingMetric.allCases { #expect(abs(metrics[metric.rawValue] - 1) < 1e-12, "\(metric)") }
  }
}
