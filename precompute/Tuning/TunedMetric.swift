import Evaluation
import Recommender

/// The figure that is to rise: a ranking metric at a cut-off, `mrr@20`.
public struct TunedMetric: Sendable, Equatable, CustomStringConvertible {
  public let metric: RankingMetric
  public let cutoff: Int

  public init(_ metric: RankingMetric, at cutoff: Int) { (self.metric, self.cutoff) = (metric, cutoff) }

  public init(_ text: String) throws {
    let parts = text.split(separator: "@", omittingEmptySubsequences: false)
    guard parts.count == 2, let metric = RankingMetric.allCases.first(where: { $0.name == parts[0] }),
      let cutoff = Int(parts[1]), (1...Query.limitMax).contains(cutoff)
    else { throw TuningError.badMetric(text) }
    self.init(metric, at: cutoff)
  }

  public var description: String { "\(metric.name)@\(cutoff)" }
}
