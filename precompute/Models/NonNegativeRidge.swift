/// Solves small dense systems min ½ bᵀAb − rᵀb over b ≥ 0 by coordinate descent.
///
/// A is a Gram matrix of weights that are not negative, plus a ridge. None of its entries is negative, so each step lowers
/// an objective that is bounded below on b ≥ 0, even where small entries were left out and A is no longer positive
/// definite: a factorisation would break down there.
struct NonNegativeRidge {
  private(set) var solution: [Float] = []
  private var matrix: [Float] = []
  private var residual: [Float] = []
  private var count: Int { residual.count }

  /// Starts a system of right side r and the diagonal of A, which is positive; the rest of A is zero.
  mutating func begin(_ right: some Sequence<Float>, diagonal: some Collection<Float>) {
    residual = Array(right)
    solution = [Float](repeating: 0, count: count)
    matrix = [Float](repeating: 0, count: count * count)
    for (index, value) in diagonal.enumerated() { matrix[index * count + index] = value }
  }

  /// Sets an off-diagonal entry of A and its mirror.
  mutating func set(_ row: Int, _ column: Int, _ value: Float) {
    matrix[row * count + column] = value
    matrix[column * count + row] = value
  }

  /// At most `sweeps` over all coordinates; ends when none moved by more than `tolerance` of the largest.
  mutating func solve(sweeps: Int, tolerance: Float = 1e-4) {
    let count = count
    matrix.withUnsafeBufferPointer { matrix in
      residual.withUnsafeMutableBufferPointer { residual in
        solution.withUnsafeMutableBufferPointer { solution in
          for _ in 0..<sweeps {
            var (largest, furthest): (Float, Float) = (0, 0)
            for index in 0..<count {
              let row = matrix.baseAddress! + index * count
              let value = max(0, solution[index] + residual[index] / row[index])
              let change = value - solution[index]
              largest = max(largest, value)
              guard change != 0 else { continue }
              furthest = max(furthest, abs(change))
              solution[index] = value
              for other in 0..<count { residual[other] -= change * row[other] }
            }
            if furthest <= tolerance * largest { return }
          }
        }
      }
    }
  }
}
