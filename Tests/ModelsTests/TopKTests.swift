import Models
import TestSupport
import Testing

@Suite struct TopKTests {
  @Test func keepsTheBestInOrderWhateverTheOrderOfOffers() {
    var random = SeededGenerator(1)
    for limit in [0, 1, 2, 7, 50, 300] {
      let offers = (0..<200).map { TopK.Entry(item: $0, score: Float(Int.random(in: 0..<20, using: &random))) }
      let expected = Array(offers.sorted { ($1.score, $0.item) < ($0.score, $1.item) }.prefix(limit))
      var top = TopK(limit: limit)
      for _ in 0..<3 {
        for entry in offers.shuffled(using: &random) { top.offer(item: entry.item, score: entry.score) }
        #expect(top.drain() == expected)
        #expect(top.drain().isEmpty)
      }
    }
  }
}
