import Evaluation
import Models
import TestSupport
import Testing

struct BootstrapTests {
  /// `count` sessions of one position each, every `every`-th a hit.
  private func sums(_ count: Int, hitEvery every: Int, positions: Int = 1) -> SessionSums {
    SessionSums(
      (0..<count).map { session in
        var outcome = Outcome(relevant: 1)
        outcome.add(isTarget: session % every == 0, isRelevant: session % every == 0)
        return [Outcome](repeating: outcome, count: positions)
      }, cutoffs: [1, 20])
  }

  private func hr(_ vector: SIMD8<Double>) -> Double { vector[RankingMetric.hr.rawValue] }

  /// Sessions of random lengths with random ranks, so that no two draws have the same mean.
  @Test func dependsOnTheSeedAlone() {
    var random = SeededGenerator(1)
    let sessions = (0..<300).map { _ in
      (0..<Int.random(in: 1...9, using: &random)).map { _ in
        var outcome = Outcome(relevant: 1)
        let rank = Int.random(in: 0..<40, using: &random)
        for place in 0..<20 { outcome.add(isTarget: place == rank, isRelevant: place == rank) }
        return outcome
      }
    }
    let sums = SessionSums(sessions, cutoffs: [1, 20])
    let one = Bootstrap(seed: 5, parallelism: Parallelism(threads: 1)).intervals(sums)
    #expect(one == Bootstrap(seed: 5, parallelism: Parallelism(threads: 3)).intervals(sums))
    #expect(one != Bootstrap(seed: 6).intervals(sums))
  }

  /// Against the normal approximation: a share of one half of 400 has a standard error of 2.5 points.
  @Test func width() {
    let sums = sums(400, hitEvery: 2)
    #expect(hr(sums.means[0]) == 0.5)
    let interval = Bootstrap(resamples: 4000).intervals(sums)[1]
    #expect(abs(hr(interval.low) - 0.451) < 0.006)
    #expect(abs(hr(interval.high) - 0.549) < 0.006)
  }

  /// Positions of one session stand or fall together: ten times as many of them tell no more.
  @Test func sessionsAreTheUnit() {
    let (one, ten) = (sums(200, hitEvery: 2), sums(200, hitEvery: 2, positions: 10))
    for (a, b) in zip(Bootstrap().intervals(one), Bootstrap().intervals(ten)) {
      #expect(abs(hr(a.low) - hr(b.low)) < 1e-12 && abs(hr(a.high) - hr(b.high)) < 1e-12)
    }
  }

  @Test func differences() {
    let (half, third) = (sums(600, hitEvery: 2), sums(600, hitEvery: 3))
    #expect(abs(hr((half - third).means[0]) - (1.0 / 2 - 1.0 / 3)) < 1e-12)
    let none = Bootstrap().intervals(half - half)
    #expect(none.allSatisfy { $0.low == SIMD8() && $0.high == SIMD8() })
  }
}
