import EventLog
import Foundation
import Models
import Session
import TestSupport
import Testing

@Suite struct LocalSLISTTests {
  private func fit(
    _ table: EventTable, _ parameters: LocalSLIST.Parameters, never: [Int] = [], threads: Int = 2
  ) -> ItemLists {
    LocalSLIST.fit(
      table, sessions: SessionIndex(table), catalogue: Catalogue(items: table.itemIDs.count, never: never),
      parameters: parameters, asOf: table.times.max() ?? 0, parallelism: Parallelism(threads: threads))
  }

  /// Z and Y row by row as the definition reads, then G = ZᵀWZ and R = ZᵀWY, dense.
  private struct Oracle {
    let count: Int
    var gram: [Double]
    var response: [Double]
    var support: [Int]
    private var mass = 0.0
    private var cells = 0.0

    init(_ table: EventTable, _ parameters: LocalSLIST.Parameters) {
      count = table.itemIDs.count
      gram = [Double](repeating: 0, count: count * count)
      response = gram
      support = [Int](repeating: 0, count: count * count)
      let alpha = parameters.ordered ? parameters.sessionShare : 1
      for session in 0..<table.sessionCount {
        let events = (0..<table.count)
          .filter { table.sessions[$0] == session && parameters.weights[table.types[$0]] > 0 }
          .sorted { (table.times[$0], $0) < (table.times[$1], $1) }
        var x = [Double](repeating: 0, count: count)
        var sequence: [(item: Int, weight: Double)] = []
        for event in events {
          let (item, weight) = (Int(table.items[event]), Double(parameters.weights[table.types[event]]))
          x[item] = max(x[item], weight)
          if sequence.last?.item == item {
            sequence[sequence.count - 1].weight = max(sequence.last!.weight, weight)
          } else {
            sequence.append((item, weight))
          }
        }
        let size = Double(x.count { $0 > 0 })
        guard size > 0 else { continue }
        let ages = parameters.recencyHalfLife.map {
          Double(
            table.times.max()! - (0..<table.count).filter { table.sessions[$0] == session }.map { table.times[$0] }
              .max()!)
            / $0
        }
        let scale = pow(size, -parameters.sizeExponent)
        mass += x.reduce(0) { $0 + scale * $1 * $1 }
        cells += size
        let weight = scale * exp2(-(ages ?? 0))
        add(x, x, alpha * weight)
        for a in 0..<count where x[a] > 0 { for b in 0..<count where x[b] > 0 { support[a * count + b] += 1 } }
        guard parameters.ordered else { continue }
        for position in sequence.indices.dropLast() {
          var s = [Double](repeating: 0, count: count)
          var t = s
          s[sequence[position].item] = sequence[position].weight
          for later in position + 1..<sequence.count {
            t[sequence[later].item] +=
              sequence[later].weight * exp(-Double(later - position - 1) / parameters.followingDecay)
          }
          add(s, t, (1 - alpha) * weight)
        }
      }
      gram = gram.map { $0 * cells / mass }
      response = response.map { $0 * cells / mass }
    }

    private mutating func add(_ z: [Double], _ y: [Double], _ weight: Double) {
      for a in 0..<count where z[a] > 0 {
        for b in 0..<count {
          gram[a * count + b] += weight * z[a] * z[b]
          response[a * count + b] += weight * z[a] * y[b]
        }
      }
    }
  }

  /// The conditions of an optimum, which is unique: the gradient vanishes where a coefficient is positive, and nowhere
  /// would an increase help.
  @Test(arguments: 1...6 as ClosedRange<UInt64>)
  func coefficientsSolveTheDefinition(seed: UInt64) {
    let items = 20
    let table = randomTable(seed: seed, events: 900, items: items, sessions: 180)
    var parameters = LocalSLIST.Parameters(ordered: seed % 2 == 0)
    parameters.dropout = seed % 3 == 0 ? 0.5 : 0
    parameters.sizeExponent = seed % 3 == 1 ? 0.5 : 0
    parameters.recencyHalfLife = seed > 3 ? 50_000 : nil
    parameters.minimumSupport = seed == 5 ? 3 : 1
    parameters.followingDecay = 20
    parameters.ridge = 5
    parameters.sweeps = 1000
    let lists = fit(table, parameters, never: [3])
    let oracle = Oracle(table, parameters)
    var coefficients = [Double](repeating: 0, count: items * items)
    for source in 0..<items {
      for entry in lists.pairs(source) { coefficients[source * items + Int(entry.item)] = Double(entry.score) }
    }
    #expect(coefficients.contains { $0 > 0 })
    for target in 0..<items {
      let sources = (0..<items).filter {
        $0 != target && target != 3 && oracle.support[$0 * items + target] >= parameters.minimumSupport
      }
      for source in 0..<items where !sources.contains(source) { #expect(coefficients[source * items + target] == 0) }
      let scale = sources.map { oracle.response[$0 * items + target] }.max() ?? 0
      for source in sources {
        let ridge =
          Double(parameters.ridge) + oracle.gram[source * items + source] * Double(1 / (1 - parameters.dropout) - 1)
        var gradient = ridge * coefficients[source * items + target] - oracle.response[source * items + target]
        for other in sources { gradient += oracle.gram[source * items + other] * coefficients[other * items + target] }
        #expect(gradient > -2e-3 * scale)
        if coefficients[source * items + target] > 0 { #expect(gradient < 2e-3 * scale) }
      }
    }
  }

  @Test func findsAPlantedSequence() {
    var random = SeededGenerator(1)
    // Item i is always followed by i + 1, between random others.
    let sessions = (0..<800).map { session in
      let start = 2 * (session % 25)
      return [Int.random(in: 60..<100, using: &random), start, start + 1, Int.random(in: 60..<100, using: &random)]
    }
    let lists = fit(TableBuilder.sessions(sessions, items: 100), LocalSLIST.Parameters())
    for session in sessions { #expect(lists.pairs(session[1]).first?.item == UInt32(session[2])) }
  }

  /// What follows counts for more than what came before.
  @Test func orderMattersInOrderedSessionsOnly() {
    let sessions = [[Int]](repeating: [0, 1, 2], count: 20)
    let table = TableBuilder.sessions(sessions, items: 3)
    #expect(fit(table, LocalSLIST.Parameters(ordered: true)).pairs(1).map(\.item) == [2, 0])
    let unordered = fit(table, LocalSLIST.Parameters(ordered: false)).pairs(1)
    #expect(unordered.map(\.item) == [0, 2])
    #expect(abs(unordered[0].score - unordered[1].score) < 1e-3)
  }

  @Test func basketsFindPlantedBlocks() {
    var random = SeededGenerator(4)
    // Blocks of five; a basket holds most of one block, the bestsellers 50 to 52, and a stray item.
    let sessions = (0..<1000).map { basket in
      (0..<5).filter { _ in Int.random(in: 0..<10, using: &random) < 7 }.map { basket % 10 * 5 + $0 } + [50, 51, 52]
        + [Int.random(in: 0..<50, using: &random)]
    }
    let lists = fit(TableBuilder.sessions(sessions, items: 53, .purchase), LocalSLIST.Parameters(ordered: false))
    for item in 0..<50 {
      let block = Set((item / 5 * 5..<item / 5 * 5 + 5).map { UInt32($0) }).subtracting([UInt32(item)])
      #expect(Set(lists.pairs(item).map(\.item).filter { $0 < 50 }.prefix(4)) == block)
    }
  }

  /// What co-occurrence cannot see: 2 stands with 1 only because both stand with 0.
  @Test func explainsAwayWhatComesThroughAThirdItem() {
    let sessions =
      [[Int]](repeating: [0, 1], count: 300) + [[Int]](repeating: [0, 1, 2], count: 100)
      + [[Int]](repeating: [1, 3], count: 50) + [[Int]](repeating: [2, 3], count: 100)
    let table = TableBuilder.sessions(sessions, items: 4, .purchase)
    let parameters = LocalSLIST.Parameters(ordered: false)
    let toOne = (0..<4).map { source in
      fit(table, parameters).pairs(source).first { $0.item == 1 }?.score ?? 0
    }
    #expect(toOne[0] > 0.8)
    #expect(toOne[2] < 0.05 * toOne[0])
    let together = NextItem.fit(
      table, sessions: SessionIndex(table), catalogue: Catalogue(items: 4),
      parameters: {
        var own = NextItem.Parameters(); own.ordered = false; return own
      }(), asOf: 0)
    #expect(together.pairs(2).first { $0.item == 1 }!.score > 0.2)
  }

  @Test func aStrongerEventMakesAStrongerLink() {
    var builder = TableBuilder(items: 3, sessions: 40)
    for session in 0..<40 {
      builder.add(item: 0, session: session, .view, at: 0)
      builder.add(item: 1 + session % 2, session: session, session % 2 == 0 ? .view : .purchase, at: 1)
    }
    #expect(fit(builder.table, LocalSLIST.Parameters()).pairs(0).map(\.item) == [2, 1])
  }

  /// A ridge means as many sightings, whatever a sighting weighs.
  @Test func oneWeightForAllChangesNothing() {
    let table = randomTable(seed: 3, events: 2000, items: 30, sessions: 300)
    var parameters = LocalSLIST.Parameters()
    parameters.weights = EventWeights([.view: 1, .click: 1, .addToCart: 1, .purchase: 1])
    let plain = fit(table, parameters)
    parameters.weights = EventWeights([.view: 8, .click: 8, .addToCart: 8, .purchase: 8])
    let heavy = fit(table, parameters)
    for item in 0..<30 { expectSame(heavy.pairs(item), plain.pairs(item), length: 50) }
  }

  @Test func boundsLeaveTheBest() {
    let table = randomTable(seed: 8, events: 6000, items: 60, sessions: 600)
    var parameters = LocalSLIST.Parameters(ordered: false)
    let whole = fit(table, parameters)
    parameters.length = 5
    let short = fit(table, parameters)
    for item in 0..<60 { #expect(short.pairs(item) == Array(whole.pairs(item).prefix(5))) }
    // A Gram matrix cut this hard is far from positive definite.
    (parameters.rowLimit, parameters.length, parameters.ridge) = (4, 60, 0.01)
    #expect(fit(table, parameters).scores.allSatisfy { $0.isFinite && $0 > 0 })
    parameters.neighbours = 3
    let few = fit(table, parameters)
    #expect((0..<60).allSatisfy { target in few.items.count { $0 == target } <= 3 })
  }

  @Test func ofALongSessionTheLastEventsCount() {
    var parameters = LocalSLIST.Parameters()
    parameters.lastEvents = 2
    let lists = fit(TableBuilder.sessions([[0, 1, 2], [0, 1, 2]], items: 3), parameters)
    #expect((0..<3).map { lists.pairs($0).map(\.item) } == [[], [2], [1]])
  }
}
