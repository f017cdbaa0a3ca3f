import EventLog
import Foundation
import Models
import TestSupport
import Testing

/// Item pairs to sums, by definition and without regard to speed.
typealias PairSums = [Int: [Int: Double]]

@Suite struct NextItemTests {
  private func fit(
    _ table: EventTable, _ parameters: NextItem.Parameters, never: [Int] = [], threads: Int = 2
  ) -> ItemLists {
    NextItem.fit(
      table, sessions: SessionIndex(table), catalogue: Catalogue(items: table.itemIDs.count, never: never),
      parameters: parameters, asOf: table.times.max() ?? 0, parallelism: Parallelism(threads: threads))
  }

  /// Session by session, as the formula reads.
  private func oracle(_ table: EventTable, _ parameters: NextItem.Parameters, never: [Int]) -> [[TopK.Entry]] {
    let asOf = Double(table.times.max() ?? 0)
    var rules: PairSums = [:]
    var backward: PairSums = [:]
    var sightings = [Double](repeating: 0, count: table.itemIDs.count)
    for session in 0..<table.sessionCount {
      let events = (0..<table.count).filter { table.sessions[$0] == session }
        .sorted { (table.times[$0], $0) < (table.times[$1], $1) }
      guard let last = events.last else { continue }
      let recency = parameters.recencyHalfLife.map { exp2(-(asOf - Double(table.times[last])) / $0) } ?? 1
      var sequence: [(item: Int, weight: Double)] = []
      for event in events where parameters.weights[table.types[event]] > 0 {
        let weight = Double(parameters.weights[table.types[event]])
        if let previous = sequence.last, previous.item == Int(table.items[event]) {
          sequence[sequence.count - 1].weight = max(previous.weight, weight)
        } else {
          sequence.append((Int(table.items[event]), weight))
        }
      }
      sequence = Array(sequence.suffix(parameters.lastEvents))
      for (position, a) in sequence.enumerated() {
        sightings[a.item] += recency
        for (other, b) in sequence.enumerated() where b.item != a.item && !never.contains(b.item) {
          let distance = abs(other - position)
          guard distance <= parameters.steps else { continue }
          let value = b.weight * recency / Double(distance)
          if other > position { rules[a.item, default: [:]][b.item, default: 0] += value }
          if other < position { backward[a.item, default: [:]][b.item, default: 0] += value * parameters.backward }
        }
      }
    }
    return (0..<table.itemIDs.count).map { a in
      let targets = Set((rules[a] ?? [:]).keys).union(parameters.backward > 0 ? Set((backward[a] ?? [:]).keys) : [])
      let entries = targets.map { b in
        let sum = (rules[a]?[b] ?? 0) + (backward[a]?[b] ?? 0)
        let score = sum / (sightings[a] + parameters.shrink) / pow(sightings[b], parameters.popularityDamping)
        return TopK.Entry(item: UInt32(b), score: Float(score))
      }
      return Array(entries.sorted { ($1.score, $0.item) < ($0.score, $1.item) }.prefix(parameters.length))
    }
  }

  @Test(arguments: 1...6 as ClosedRange<UInt64>)
  func equalsTheFormula(seed: UInt64) {
    let table = randomTable(seed: seed, events: 1500, items: 30, sessions: 120)
    var parameters = NextItem.Parameters()
    parameters.steps = [1, 3, 10, 100][Int(seed % 4)]
    parameters.backward = [0, 0.5, 1][Int(seed % 3)]
    parameters.lastEvents = seed % 2 == 0 ? 5 : 100
    parameters.recencyHalfLife = seed % 3 == 0 ? nil : 20_000
    parameters.popularityDamping = seed % 2 == 0 ? 0 : 0.3
    parameters.length = 8
    let never = [3, 4]
    let lists = fit(table, parameters, never: never)
    var unlimited = parameters
    unlimited.length = .max
    let all = oracle(table, unlimited, never: never)
    for item in 0..<30 { expectSame(lists.pairs(item), all[item], length: parameters.length) }
  }

  /// One step and whole weights: sums without rounding, so equality to the bit.
  @Test func equalsTheFormulaExactlyWhereSumsAreExact() {
    let table = randomTable(seed: 9, events: 3000, items: 40, sessions: 300)
    var parameters = NextItem.Parameters()
    parameters.steps = 2
    parameters.length = 10
    let expected = oracle(table, parameters, never: [])
    let lists = fit(table, parameters)
    for item in 0..<40 { #expect(lists.pairs(item) == expected[item]) }
  }

  @Test func findsAPlantedSequence() {
    var random = SeededGenerator(1)
    // Item i is always followed by i + 1, between random others.
    let sessions = (0..<400).map { session in
      let start = session % 50
      return [Int.random(in: 60..<100, using: &random), start, start + 1, Int.random(in: 60..<100, using: &random)]
    }
    let lists = fit(TableBuilder.sessions(sessions, items: 100), NextItem.Parameters())
    for session in sessions { #expect(lists.pairs(session[1]).first?.item == UInt32(session[2])) }
  }

  @Test func aRuleNeedsItsSessions() {
    var parameters = NextItem.Parameters()
    parameters.minimumSupport = 2
    // 2 follows 0 twice, in one session.
    let lists = fit(TableBuilder.sessions([[0, 1, 0, 2, 0, 2], [0, 1], [3, 2]], items: 4), parameters)
    #expect((0..<4).map { lists.pairs($0).map(\.item) } == [[1], [0], [], []])
  }

  @Test func aRepeatIsNoStep() {
    var parameters = NextItem.Parameters()
    parameters.steps = 1
    parameters.backward = 0
    parameters.shrink = 0
    let lists = fit(TableBuilder.sessions([[0, 0, 0, 1]], items: 2), parameters)
    #expect(lists.pairs(0) == [.init(item: 1, score: 1)])
    #expect(lists.pairs(1).isEmpty)
  }

  @Test func aStrongerEventMakesAStrongerRule() {
    var builder = TableBuilder(items: 3, sessions: 2)
    builder.add(item: 0, session: 0, .view, at: 0)
    builder.add(item: 1, session: 0, .view, at: 1)
    builder.add(item: 0, session: 1, .view, at: 0)
    builder.add(item: 2, session: 1, .purchase, at: 1)
    #expect(fit(builder.table, NextItem.Parameters()).pairs(0).map(\.item) == [2, 1])
  }
}
