import Foundation
import Models
import SessionNeighbours
import TestSupport
import Testing

@Suite struct VMISKNNTests {
  private func answer(_ model: VMISKNN, _ items: [UInt32]) -> [TopK.Entry] {
    var scorer = NeighbourScorer(.vmis(model), PastSessions(four, items: 5), limit: 10)
    return scorer.answer(Visit(items: items, time: 50))
  }

  /// Similarities 1.5, 0.5 and 1, positions of the newest shared item 0, 1 and 0; idf in units of ln 2.
  @Test func computedByHand() {
    let found = answer(VMISKNN(), [0, 1])
    #expect(found.map(\.item) == [1, 3, 0, 2])
    for (entry, score) in zip(found, [2.25, 1.8, 1.75, 1.3]) {
      #expect(abs(Double(entry.score) - score * log(2)) < 1e-6)
    }
  }

  @Test func onlyTheNewestSessions() {
    var model = VMISKNN()
    model.sessions = 1
    #expect(answer(model, [0, 1]).map(\.item) == [3, 1, 2], "those of the third session")
  }

  @Test func onlyTheMostSimilar() {
    var model = VMISKNN()
    model.neighbours = 1
    #expect(answer(model, [0, 1]).map(\.item) == [0, 1], "those of the first session, the tie to the lower")
  }

  @Test func onlyTheNewestEvents() {
    var model = VMISKNN()
    model.newestEvents = 1
    #expect(answer(model, [0, 1]) == answer(model, [1]))
    #expect(answer(model, [1]).map(\.item) == [1, 3, 0, 2])
  }

  @Test func unknownItemsAndNone() {
    #expect(answer(VMISKNN(), []).isEmpty && answer(VMISKNN(), [5, 9]).isEmpty)
    // An unknown item takes a position and nothing else.
    #expect(answer(VMISKNN(), [1, 5]).map(\.item) == answer(VMISKNN(), [1]).map(\.item))
    var scorer = NeighbourScorer(.vmis(VMISKNN()), PastSessions([], items: 0), limit: 10)
    #expect(scorer.answer(Visit(items: [0], time: 0)).isEmpty)
  }

  /// The definition without an index: all sessions that share an item, the newest of them, the most similar of these.
  @Test func agreesWithThePlainOne() {
    var random = SeededGenerator(1)
    for round in 0..<40 {
      let (items, sessions) = (30, randomSessions(round * 8, items: 30, &random))
      let past = PastSessions(sessions, items: items)
      var model = VMISKNN()
      (model.sessions, model.neighbours, model.newestEvents) = (10 + round, 5 + round % 7, 1 + round % 6)
      var scorer = NeighbourScorer(.vmis(model), past, limit: 12)
      for _ in 0..<10 {
        let visit = randomItems(items + 2, &random)
        expectSame(
          scorer.answer(Visit(items: visit, time: 9999)), plain(model, visit, sessions), limit: 12,
          at: #_sourceLocation)
      }
    }
  }

  private func plain(_ model: VMISKNN, _ visit: [UInt32], _ sessions: [Told]) -> [UInt32: Double] {
    let newest = Array(visit.suffix(model.newestEvents))
    let length = newest.count
    func position(_ item: UInt32) -> Int { length - 1 - newest.lastIndex(of: item)! }
    let byAge = sessions.enumerated().sorted { ($1.element.end, $0.offset) < ($0.element.end, $1.offset) }.map(
      \.element)
    let sharing = byAge.filter { !Set($0.items).isDisjoint(with: newest) }.prefix(model.sessions)
    let similar = sharing.enumerated().map { age, session in
      let shared = Set(session.items).intersection(newest).sorted { position($0) < position($1) }
      let similarity = shared.reduce(0.0) { $0 + Double(length - position($1)) / Double(Set(newest).count) }
      return (age: age, session: session, similarity: similarity)
    }.sorted { ($1.similarity, $0.age) < ($0.similarity, $1.age) }.prefix(model.neighbours)
    var scores: [UInt32: Double] = [:]
    for (_, session, similarity) in similar {
      // The weight is by the whole visit, of which the newest events are the end.
      let match = Set(session.items).intersection(visit).map { visit.count - 1 - visit.lastIndex(of: $0)! }.min()!
      for item in Set(session.items) {
        let holding = sessions.count { $0.items.contains(item) }
        let idf = log(Double(sessions.count) / Double(holding))
        scores[item, default: 0] += max(0, 1 - 0.1 * Double(1 + match)) * similarity * idf
      }
    }
    return scores
  }
}
