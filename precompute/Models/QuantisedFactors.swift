/// Factor rows as signed bytes with one scale a row: factor ≈ value · scale, scale = max|row| / 127, so that the error
/// of a factor is at most scale / 2.
public struct QuantisedFactors: Sendable, Equatable {
  public let dimensions: Int
  /// Row-major, in −127...127.
  public let values: [Int8]
  /// By row; 0 for a row of zeros.
  public let scales: [Float]

  public init(_ factors: [Float], dimensions: Int) {
    self.dimensions = dimensions
    var values: [Int8] = []
    var scales: [Float] = []
    values.reserveCapacity(factors.count)
    for start in stride(from: 0, to: factors.count, by: dimensions) {
      let row = factors[start..<start + dimensions]
      let scale = row.reduce(0) { max($0, abs($1)) } / 127
      scales.append(scale)
      values += row.map { scale > 0 ? Int8(min(127, max(-127, ($0 / scale).rounded(.toNearestOrEven)))) : 0 }
    }
    self.values = values
    self.scales = scales
  }

  /// The factors that the bytes stand for.
  public func row(_ index: Int) -> [Float] {
    values[index * dimensions..<(index + 1) * dimensions].map { Float($0) * scales[index] }
  }
}
