import Recommender

/// Counts over all answers: whole numbers, so that they add up to the same in any order.
struct AnswerTally {
  /// By cut-off, then item: how often it was among the first k.
  private(set) var answers: [[UInt32]]
  /// By raw value of `Source`: items answered because of it, and targets among them.
  private(set) var items = [Int](repeating: 0, count: 256)
  private(set) var found = [Int](repeating: 0, count: 256)
  /// By raw value of `Rung`: items answered because they are popular there.
  private(set) var rungs = [Int](repeating: 0, count: 256)
  private(set) var rungNames = [String](repeating: "", count: 256)
  private let cutoffs: [Int]

  init(cutoffs: [Int], items: Int) {
    self.cutoffs = cutoffs
    answers = cutoffs.map { _ in [UInt32](repeating: 0, count: items) }
  }

  mutating func add(_ recommendation: Recommendation, at place: Int, isTarget: Bool) {
    for (index, k) in cutoffs.enumerated() where place < k { answers[index][Int(recommendation.item)] += 1 }
    let source = Int(recommendation.source.rawValue)
    items[source] += 1
    if isTarget { found[source] += 1 }
    if recommendation.source == .popularity {
      let rung = Int(recommendation.rung.rawValue)
      rungs[rung] += 1
      if rungNames[rung].isEmpty { rungNames[rung] = "\(recommendation.rung.name)" }
    }
  }

  mutating func add(_ other: AnswerTally) {
    func sum<Number: FixedWidthInteger>(_ a: inout [Number], _ b: [Number]) {
      for index in a.indices { a[index] += b[index] }
    }
    for index in answers.indices { sum(&answers[index], other.answers[index]) }
    sum(&items, other.items)
    sum(&found, other.found)
    sum(&rungs, other.rungs)
    for rung in rungNames.indices where rungNames[rung].isEmpty { rungNames[rung] = other.rungNames[rung] }
  }
}
