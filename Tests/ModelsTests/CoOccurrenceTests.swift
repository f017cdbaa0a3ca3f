import EventLog
import Foundation
import Models
import Session
import Testing

@Suite struct CoOccurrenceTests {
  private func oracle(
    _ table: EventTable, weight: (UInt8) -> Double, _ parameters: CoOccurrence.Parameters, never: [Int]
  ) -> [[TopK.Entry]] {
    let items = 0..<table.itemIDs.count
    var baskets = [[Int: Double]](repeating: [:], count: table.sessionCount)
    for event in 0..<table.count where weight(table.types[event]) > 0 {
      let item = Int(table.items[event])
      let strongest = max(baskets[Int(table.sessions[event])][item] ?? 0, weight(table.types[event]))
      baskets[Int(table.sessions[event])][item] = strongest
    }
    func sum(_ a: Int, _ b: Int) -> Double {
      baskets.reduce(0) { total, basket in
        guard let wa = basket[a], let wb = basket[b] else { return total }
        return total + pow(Double(basket.count), -parameters.sizeExponent) * wa * wb
      }
    }
    return items.map { a in
      let entries = items.compactMap { b -> TopK.Entry? in
        let support = Double(baskets.count { $0[a] != nil && $0[b] != nil })
        guard a != b, !never.contains(b), support > 0, support >= Double(parameters.minimumSupport) else { return nil }
        let cosine = sum(a, b) / (sum(a, a) * sum(b, b)).squareRoot()
        return TopK.Entry(item: UInt32(b), score: Float(cosine * support / (support + parameters.supportShrink)))
      }
      return entries.sorted { ($1.score, $0.item) < ($0.score, $1.item) }
    }
  }

  private func expectEqual(_ lists: ItemLists, _ all: [[TopK.Entry]], length: Int) {
    #expect(lists.count == all.count)
    for item in all.indices { expectSame(lists.pairs(item), all[item], length: length) }
  }

  @Test(arguments: 1...4 as ClosedRange<UInt64>)
  func basketsEqualTheFormula(seed: UInt64) {
    let table = randomTable(seed: seed, events: 1200, items: 25, sessions: 150)
    var parameters = NextItem.Parameters()
    parameters.ordered = false
    parameters.length = seed % 2 == 0 ? 6 : 100
    parameters.baskets.sizeExponent = [0, 0.5, 1][Int(seed % 3)]
    parameters.baskets.minimumSupport = Int(seed)
    let lists = NextItem.fit(
      table, sessions: SessionIndex(table), catalogue: Catalogue(items: 25, never: [7]), parameters: parameters, asOf: 0
    )
    expectEqual(
      lists,
      oracle(
        table, weight: { Double(parameters.weights[$0]) }, parameters.baskets, never: [7]), length: parameters.length)
  }

  @Test(arguments: [EventType.purchase, .addToCart])
  func boughtTogetherEqualsTheFormula(evidence: EventType) {
    var table = randomTable(seed: 11, events: 4000, items: 25, sessions: 400)
    if evidence == .addToCart {
      for event in 0..<table.count where table.types[event] == EventType.purchase.rawValue {
        table.types[event] = EventType.view.rawValue
      }
    }
    let parameters = BoughtTogether.Parameters()
    let lists = BoughtTogether.fit(
      table, sessions: SessionIndex(table), catalogue: Catalogue(items: 25, never: [0]), asOf: 0)
    expectEqual(
      lists,
      oracle(
        table, weight: { $0 == evidence.rawValue ? 1 : 0 }, parameters.baskets, never: [0]), length: parameters.length)
    #expect(!lists.items.isEmpty)
  }

  @Test func oneBasketIsNoEvidenceWhereTwoAreAskedFor() {
    let once = TableBuilder.sessions([[0, 1], [2, 3], [2, 3]], items: 4, .purchase)
    var parameters = BoughtTogether.Parameters()
    parameters.baskets.minimumSupport = 2
    let lists = BoughtTogether.fit(
      once, sessions: SessionIndex(once), catalogue: Catalogue(items: 4), parameters: parameters, asOf: 0)
    #expect((0..<4).map { lists.pairs($0).map(\.item) } == [[], [], [3], [2]])
  }

  /// A wholesale basket of everything says less about a pair than small baskets do.
  @Test func hugeBasketsDoNotDominate() {
    let wholesale = [[Int]](repeating: Array(0..<400), count: 3)
    let small = [[Int]](repeating: [0, 1], count: 3)
    let table = TableBuilder.sessions(wholesale + small, items: 400, .purchase)
    let lists = BoughtTogether.fit(table, sessions: SessionIndex(table), catalogue: Catalogue(items: 400), asOf: 0)
    let row = lists.pairs(0)
    #expect(row[0].item == 1)
    #expect(row[0].score > 1.5 * row[1].score)
  }

  @Test func ofAnOversizedBasketTheLatestItemsCount() {
    var parameters = BoughtTogether.Parameters()
    parameters.baskets.maximumSize = 2
    let table = TableBuilder.sessions([[0, 1, 2], [0, 1, 2]], items: 3, .purchase)
    let lists = BoughtTogether.fit(
      table, sessions: SessionIndex(table), catalogue: Catalogue(items: 3), parameters: parameters, asOf: 0)
    #expect((0..<3).map { lists.pairs($0).map(\.item) } == [[], [2], [1]])
  }
}
