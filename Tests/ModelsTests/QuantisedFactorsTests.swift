import Models
import TestSupport
import Testing

@Suite struct QuantisedFactorsTests {
  @Test func errorIsAtMostHalfAStep() {
    var random = SeededGenerator(2)
    let factors = (0..<500 * 32).map { _ in Float.random(in: -1...1, using: &random) }
    let quantised = QuantisedFactors(factors, dimensions: 32)
    for row in 0..<500 {
      let exact = Array(factors[row * 32..<(row + 1) * 32])
      let scale = quantised.scales[row]
      #expect(quantised.values[row * 32..<(row + 1) * 32].contains { abs($0) == 127 })
      for (a, b) in zip(exact, quantised.row(row)) { #expect(abs(a - b) <= scale * 0.500_01) }
    }
  }

  @Test func halvesRoundToEvenAndZeroRowsStayZero() {
    let quantised = QuantisedFactors([127, 0.5, 1.5, -2.5, 0, 0, 0, 0], dimensions: 4)
    #expect(quantised.values == [127, 0, 2, -2, 0, 0, 0, 0])
    #expect(quantised.scales == [1, 0])
  }

  /// The same ten best of 2,000 rows, nearly, for random queries.
  @Test func rankingAgrees() {
    var random = SeededGenerator(4)
    let (rows, k) = (2000, 32)
    let factors = (0..<rows * k).map { _ in Float.random(in: -1...1, using: &random) }
    let quantised = QuantisedFactors(factors, dimensions: k)
    var agreed = 0
    for _ in 0..<50 {
      let query = (0..<k).map { _ in Float.random(in: -1...1, using: &random) }
      func best(_ row: (Int) -> [Float]) -> Set<UInt32> {
        var top = TopK(limit: 10)
        for index in 0..<rows {
          top.offer(item: UInt32(index), score: zip(row(index), query).reduce(0) { $0 + $1.0 * $1.1 })
        }
        return Set(top.drain().map(\.item))
      }
      agreed += best { Array(factors[$0 * k..<($0 + 1) * k]) }.intersection(best(quantised.row)).count
    }
    #expect(Double(agreed) / 500 > 0.97)
  }
}
