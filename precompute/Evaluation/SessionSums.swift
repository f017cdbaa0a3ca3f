import Models

/// The metrics of a set of positions, summed by session: all that means and their intervals need.
///
/// Positions of one session are not independent, so sessions are what the bootstrap draws (a cluster bootstrap). The mean is over
/// positions: the sum of all sums, divided by the number of positions drawn.
struct SessionSums: Sendable {
  let cutoffs: [Int]
  /// Session-major: `cutoffs.count` vectors for each session that has a position.
  private(set) var sums: [MetricVector]
  private(set) var counts: [Double]

  /// The positions for which `isIncluded` holds.
  init(_ outcomes: [Outcome], _ test: TestSet, cutoffs: [Int], isIncluded: (Int) -> Bool = { _ in true }) {
    (self.cutoffs, sums, counts) = (cutoffs, [], [])
    for session in 0..<test.sessionCount {
      let positions = (test.offsets[session]..<test.offsets[session + 1]).filter(isIncluded)
      guard !positions.isEmpty else { continue }
      counts.append(Double(positions.count))
      for k in cutoffs {
        sums.append(positions.reduce(into: MetricVector()) { $0 += outcomes[$1].metrics(at: k) })
      }
    }
  }

  var sessions: Int { counts.count }
  var positions: Int { Int(counts.reduce(0, +)) }

  /// By cut-off.
  var means: [MetricVector] {
    cutoffs.indices.map { cutoff in
      let sum = stride(from: cutoff, to: sums.count, by: cutoffs.count).reduce(MetricVector()) { $0 + sums[$1] }
      return sum / counts.reduce(0, +)
    }
  }

  /// The paired difference at the same positions.
  static func - (a: SessionSums, b: SessionSums) -> SessionSums {
    precondition(a.counts == b.counts && a.cutoffs == b.cutoffs)
    var difference = a
    for index in difference.sums.indices { difference.sums[index] -= b.sums[index] }
    return difference
  }
}

/// Intervals by resampling.
struct Bootstrap: Sendable {
  /// Each half of what lies outside a 95 % interval.
  static let tail = 0.025

  var resamples = 1000
  var seed: UInt64 = 1
  var parallelism = Parallelism.allCores

  struct Interval {
    var low: MetricVector
    var high: MetricVector
  }

  /// The percentile interval of each metric's mean, by cut-off. Depends on the seed alone.
  func intervals(_ sums: SessionSums) -> [Interval] {
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
