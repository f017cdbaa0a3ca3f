import Evaluation
import Models
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

  @Test func dependsOnTheSeedAlone() {
    let sums = sums(300, hitEvery: 3)
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
    #expect(Bootstrap().intervals(one) == Bootstrap().intervals(ten))
  }

  @Test func differences() {
    let (half, third) = (sums(600, hitEvery: 2), sums(600, hitEvery: 3))
    #expect(abs(hr((half - third).means[0]) - (1.0 / 2 - 1.0 / 3)) < 1e-12)
    let none = Bootstrap().intervals(half - half)
    #expect(none.allSatisfy { $0.low == SIMD8() && $0.high == SIMD8() })
  }
}
