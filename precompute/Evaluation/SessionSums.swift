import Models
import Replay

/// The metrics of a set of positions, summed by session: all that means and their intervals need.
///
/// Positions of one session are not independent, so sessions are what the bootstrap draws (a cluster bootstrap). The mean is over
/// positions: the sum of all sums, divided by the number of positions drawn.
package struct SessionSums: Sendable {
  let cutoffs: [Int]
  /// Session-major: `cutoffs.count` vectors for each session that has a position.
  private(set) var sums: [MetricVector]
  private(set) var counts: [Double]

  /// - Parameter sessions: each session's outcomes, at least one.
  package init(_ sessions: [[Outcome]], cutoffs: [Int]) {
    self.cutoffs = cutoffs
    counts = sessions.map { Double($0.count) }
    sums = sessions.flatMap { outcomes in
      cutoffs.map { k in outcomes.reduce(into: MetricVector()) { $0 += $1.metrics(at: k) } }
    }
  }

  /// - Parameter positions: numbers of positions of the test set, ascending.
  package init(_ outcomes: [Outcome], _ test: TestSet, cutoffs: [Int], positions: some Sequence<Int>) {
    var sessions: [[Outcome]] = []
    var last = -1
    for position in positions {
      let session = test.positions[position].session
      if session != last { sessions.append([]) }
      last = session
      sessions[sessions.count - 1].append(outcomes[position])
    }
    self.init(sessions, cutoffs: cutoffs)
  }

  var sessions: Int { counts.count }
  var positions: Int { Int(counts.reduce(0, +)) }

  /// By cut-off.
  package var means: [MetricVector] {
    cutoffs.indices.map { cutoff in
      let sum = stride(from: cutoff, to: sums.count, by: cutoffs.count).reduce(MetricVector()) { $0 + sums[$1] }
      return sum / counts.reduce(0, +)
    }
  }

  /// The paired difference at the same positions.
  package static func - (a: SessionSums, b: SessionSums) -> SessionSums {
    precondition(a.counts == b.counts && a.cutoffs == b.cutoffs)
    var difference = a
    for index in difference.sums.indices { difference.sums[index] -= b.sums[index] }
    return difference
  }
}

/// Intervals by resampling.
package struct Bootstrap: Sendable {
  /// Each half of what lies outside a 95 % interval.
  static let tail = 0.025

  let resamples: Int
  let seed: UInt64
  let parallelism: Parallelism

  package init(resamples: Int = 1000, seed: UInt64 = 1, parallelism: Parallelism = .allCores) {
    (self.resamples, self.seed, self.parallelism) = (resamples, seed, parallelism)
  }

  package struct Interval: Equatable {
    package var low: MetricVector
    package var high: MetricVector
  }

  /// The percentile interval of each metric's mean, by cut-off. Depends on the seed alone.
  package func intervals(_ sums: SessionSums) -> [Interval] {
    let width = sums.cutoffs.count
    let means = parallelism.mapChunks(of: resamples, size: 8, scratch: {}) { _, numbers in
      numbers.map { resample(sums, SplitMix(seed: seed, stream: $0)) }
    }.flatMap { $0 }
    let low = Int(Double(resamples) * Bootstrap.tail)
    return (0..<width).map { cutoff in
      var interval = Interval(low: MetricVector(), high: MetricVector())
      for metric in RankingMetric.allCases {
        let sorted = means.map { $0[cutoff][metric.rawValue] }.sorted()
        interval.low[metric.rawValue] = sorted[low]
        interval.high[metric.rawValue] = sorted[resamples - 1 - low]
      }
      return interval
    }
  }

  /// The means over as many sessions as there are, drawn with replacement.
  private func resample(_ sums: SessionSums, _ random: SplitMix) -> [MetricVector] {
    var random = random
    let width = sums.cutoffs.count
    var totals = [MetricVector](repeating: MetricVector(), count: width)
    var count = 0.0
    for _ in 0..<sums.sessions {
      let session = random.next(below: sums.sessions)
      count += sums.counts[session]
      for cutoff in 0..<width { totals[cutoff] += sums.sums[session * width + cutoff] }
    }
    return totals.map { $0 / count }
  }
}
