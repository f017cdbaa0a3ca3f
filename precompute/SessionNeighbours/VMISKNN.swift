/// Vector-multiplication-indexed session kNN (Kersbergen, Sprangers, Schelter 2022): of the newest past sessions that share an item
/// with the newest items of the visit, those that share the newest and most of them.
///
///     sim(n) = Σ over shared items of (L − position) / distinct items of the visit
///     score(i) = Σ over neighbours n with i of sim(n) · (1 − 0.1 · (1 + position of the newest shared item)) · idf(i)
public struct VMISKNN: NeighbourModel {
  /// Past sessions considered, the newest.
  public var sessions = 500
  public var neighbours = 100
  /// Events of the visit that count, the newest.
  public var newestEvents = 3

  public init() {}

  func addSimilarities(of visit: Visit, in past: PastSessions, to similarities: inout SparseSums) {
    let newest = Visit(items: visit.items.suffix(newestEvents), time: visit.time)
    let items = newest.newestFirst
    // The newest sessions of the union lie among the newest of each item: merging these lists finds them in order.
    var queues = items.map { past.sessions(of: $0.item, most: sessions) }
    for _ in 0..<sessions {
      guard let session = queues.compactMap(\.first).min() else { return }
      for (queue, item) in items.indices.map({ ($0, items[$0]) }) where queues[queue].first == session {
        queues[queue].removeFirst()
        similarities.add(session, Double(newest.items.count - item.position) / Double(items.count))
      }
    }
  }

  func addScores(
    of neighbour: UInt32, similarity: Double, position: [UInt32: Int], in past: PastSessions,
    to scores: inout SparseSums
  ) {
    let items = Set(past[neighbour])
    let newestShared = items.compactMap { position[$0] }.min() ?? 0
    let weight = max(0, 1 - 0.1 * Double(1 + newestShared))
    for item in items { scores.add(item, weight * similarity * past.inverseFrequencies[Int(item)]) }
  }
}
