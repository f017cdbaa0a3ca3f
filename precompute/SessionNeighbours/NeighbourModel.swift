import Models

/// How alike a past session is to a visit, and what it says of its items.
protocol NeighbourModel: Sendable {
  /// Adds up the similarity of past sessions.
  func addSimilarities(of visit: Visit, in past: PastSessions, to similarities: inout SparseSums)
  /// Past sessions that take part, at most.
  var neighbours: Int { get }
  /// Adds what one neighbour says to the scores of its items.
  /// - Parameter position: by item, that of its newest occurrence in the visit, 0 the newest event.
  func addScores(
    of neighbour: UInt32, similarity: Double, position: [UInt32: Int], in past: PastSessions,
    to scores: inout SparseSums)
}

/// A model of session neighbours to compare with: it reads whole sessions of single people at the moment of the question, which no
/// snapshot holds.
public enum SessionNeighbours: Sendable {
  case vmis(VMISKNN)
  case vstan(VSTAN)

  public var name: String {
    switch self {
    case .vmis: "VMIS-kNN"
    case .vstan: "VSTAN"
    }
  }

  fileprivate var model: any NeighbourModel {
    switch self {
    case .vmis(let model): model
    case .vstan(let model): model
    }
  }
}

/// Answers by a model; one for each thread.
public struct NeighbourScorer {
  private let model: any NeighbourModel
  private let past: PastSessions
  private var similarities: SparseSums
  private var scores: SparseSums
  private var best: TopK

  /// - Parameter limit: items answered at most.
  public init(_ model: SessionNeighbours, _ past: PastSessions, limit: Int) {
    (self.model, self.past) = (model.model, past)
    similarities = SparseSums(count: past.count)
    scores = SparseSums(count: past.itemCount)
    best = TopK(limit: limit)
  }

  /// The items with the highest scores above 0; of equal scores the lower number first.
  public mutating func answer(_ visit: Visit, where isAllowed: (UInt32) -> Bool = { _ in true }) -> [TopK.Entry] {
    model.addSimilarities(of: visit, in: past, to: &similarities)
    let position = Dictionary(uniqueKeysWithValues: visit.newestFirst.map { ($0.item, $0.position) })
    for neighbour in nearest() {
      model.addScores(
        of: neighbour, similarity: similarities[neighbour], position: position, in: past, to: &scores)
    }
    for item in scores.touched where scores[item] > 0 && isAllowed(item) {
      best.offer(item: item, score: Float(scores[item]))
    }
    similarities.clear()
    scores.clear()
    return best.drain()
  }

  /// The most similar sessions, of equal ones the newer.
  private func nearest() -> ArraySlice<UInt32> {
    similarities.touched.sorted {
      similarities[$0] > similarities[$1] || (similarities[$0] == similarities[$1] && $0 < $1)
    }.prefix(model.neighbours)
  }
}
