/// One metric at the positions of a fold, summed by groups of sessions: as much as a paired comparison needs, in a line of a journal.
public struct GroupedSums: Codable, Equatable, Sendable {
  package static let groups = 16

  /// By group: the metric's sum over the positions, and their number.
  package var sums = [Double](repeating: 0, count: groups)
  package var counts = [Double](repeating: 0, count: groups)

  package init() {}

  package init(sums: [Double], counts: [Double]) { (self.sums, self.counts) = (sums, counts) }
}

/// What came of a trial, fold by fold.
public struct TrialScore: Equatable, Sendable {
  /// In the order in which they were asked; not all where the first ones were clearly worse than the best known.
  public var folds: [GroupedSums]

  package init(folds: [GroupedSums]) { self.folds = folds }

  /// Over the positions of all folds asked.
  public var mean: Double {
    folds.reduce(0) { $0 + $1.sums.reduce(0, +) } / folds.reduce(0) { $0 + $1.counts.reduce(0, +) }
  }

  /// The paired difference to another score on the folds that both have, with the standard error that leaving out one group of
  /// sessions at a time gives (delete-a-group jackknife).
  package func difference(to other: TrialScore) -> (mean: Double, standardError: Double) {
    let pairs = zip(folds, other.folds).flatMap { own, other in
      zip(zip(own.sums, other.sums).map { $0 - $1 }, own.counts)
    }.filter { $1 > 0 }
    let sum = pairs.reduce(0) { $0 + $1.0 }
    let count = pairs.reduce(0) { $0 + $1.1 }
    guard pairs.count > 1 else { return (count > 0 ? sum / count : 0, .infinity) }
    let left = pairs.map { (sum - $0.0) / (count - $0.1) }
    let center = left.reduce(0, +) / Double(left.count)
    let squares = left.reduce(0) { $0 + ($1 - center) * ($1 - center) }
    return (sum / count, (squares * Double(left.count - 1) / Double(left.count)).squareRoot())
  }
}
