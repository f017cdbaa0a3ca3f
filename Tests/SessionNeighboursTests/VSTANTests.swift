import Foundation
import Models
import SessionNeighbours
import TestSupport
import Testing

@Suite struct VSTANTests {
  /// Every exponential halves: from event to event, and every ten seconds.
  private static let halving: VSTAN = {
    var model = VSTAN()
    (model.visitDecay, model.neighbourDecay, model.matchDecay) = (1 / log(2), 1 / log(2), 1 / log(2))
    (model.timeDecay, model.frequencyWeight) = (10 / log(2), 1 / log(2))
    return model
  }()

  private func answer(_ model: VSTAN, _ items: [UInt32], time: UInt32 = 40) -> [TopK.Entry] {
    var scorer = NeighbourScorer(.vstan(model), PastSessions(four, items: 5), limit: 10)
    return scorer.answer(Visit(items: items, time: time))
  }

  @Test func computedByHand() {
    // Similarities of the first three sessions: shared weights over both norms, halved three times, twice and once. Of the second,
    // only the older item of the visit is shared, which halves what it says.
    let norm = 1.25.squareRoot()
    let (a, b, c) = (
      1.5 / norm / 2.0.squareRoot() / 8, 0.5 / norm / 2.0.squareRoot() / 4 / 2, 1 / norm / 3.0.squareRoot() / 2
    )
    let expected: [UInt32: Double] = [0: a + 2 * b, 1: 2 * a + 2 * c, 2: b + c, 3: 0.75 * c]
    let found = answer(Self.halving, [0, 1])
    #expect(found.map(\.item) == [1, 2, 0, 3])
    expectSame(found, expected, limit: 10, at: #_sourceLocation)
  }

  @Test func onlyTheMostSimilar() {
    var model = Self.halving
    model.neighbours = 1
    #expect(answer(model, [0, 1]).map(\.item) == [1, 2, 3], "those of the third session")
  }

  @Test func onlyTheNewestSessions() {
    var model = Self.halving
    model.sessions = 1
    #expect(answer(model, [0]).map(\.item) == [0, 2] && answer(model, [1]).map(\.item) == [1, 2, 3])
  }

  @Test func unknownItemsAndNone() {
    #expect(answer(VSTAN(), []).isEmpty && answer(VSTAN(), [7]).isEmpty)
    #expect(answer(VSTAN(), [1, 7]).map(\.item) == answer(VSTAN(), [1]).map(\.item))
    // Sessions later than the visit are as good as those of its moment.
    #expect(answer(VSTAN(), [1], time: 0).map(\.item) == answer(VSTAN(), [1], time: 10).map(\.item))
  }

  /// The definition without an index.
  @Test func agreesWithThePlainOne() {
    var random = SeededGenerator(2)
    for round in 0..<40 {
      let (items, sessions) = (30, randomSessions(round * 8, items: 30, &random))
      let past = PastSessions(sessions, items: items)
      var model = VSTAN()
      (model.sessions, model.neighbours, model.timeDecay) = (5 + round, 5 + round % 9, 2_000)
      var scorer = NeighbourScorer(.vstan(model), past, limit: 12)
      for _ in 0..<10 {
        let visit = Visit(items: randomItems(items + 2, &random), time: UInt32(random.below(20_000)))
        expectSame(scorer.answer(visit), plain(model, visit, sessions), limit: 12, at: #_sourceLocation)
      }
    }
  }

  private func plain(_ model: VSTAN, _ visit: Visit, _ sessions: [Told]) -> [UInt32: Double] {
    let byAge = sessions.enumerated().sorted { ($1.element.end, $0.offset) < ($0.element.end, $1.offset) }.map(
      \.element)
    func position(_ item: UInt32) -> Int { visit.items.count - 1 - visit.items.lastIndex(of: item)! }
    let distinct = Set(visit.items).sorted { position($0) < position($1) }
    func weight(_ item: UInt32) -> Double { exp(-Double(position(item)) / model.visitDecay) }
    let norm = distinct.map(weight).reduce(0) { $0 + $1 * $1 }.squareRoot()
    var similar: [(age: Int, similarity: Double)] = []
    for (age, session) in byAge.enumerated() {
      var shared = 0.0
      for item in distinct where session.items.contains(item) {
        let newer = byAge[..<age].count { $0.items.contains(item) }
        if newer < model.sessions { shared += weight(item) }
      }
      guard shared > 0 else { continue }
      let time = exp(-max(0, Double(visit.time) - Double(session.end)) / model.timeDecay)
      similar.append((age, shared / norm / Double(Set(session.items).count).squareRoot() * time))
    }
    var scores: [UInt32: Double] = [:]
    for (age, similarity) in similar.sorted(by: { ($1.similarity, $0.age) < ($0.similarity, $1.age) }).prefix(
      model.neighbours)
    {
      let session = byAge[age].items
      let match = distinct.first(where: session.contains)!
      let place = session.lastIndex(of: match)!
      for (index, item) in session.enumerated() {
        let idf = log(Double(sessions.count) / Double(sessions.count { $0.items.contains(item) }))
        scores[item, default: 0] +=
          similarity * exp(-Double(abs(index - place)) / model.neighbourDecay) * (1 + model.frequencyWeight * idf)
          * exp(-Double(position(match)) / model.matchDecay)
      }
    }
    return scores
  }
}
