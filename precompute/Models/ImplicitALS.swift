import EventLog
import Foundation

/// Item factors by implicit-feedback alternating least squares (Hu, Koren, Volinsky 2008) in the form of Rendle,
/// Krichene, Zhang, Koren 2021, which minimises over people u and items i
///
///     Σ_seen c·(1 − x_u·y_i)² + α₀ Σ_all (x_u·y_i)² + λ (Σ_u s_u‖x_u‖² + Σ_i s_i‖y_i‖²)
///     s_u = (n_u + α₀·items)^ν,  s_i = (n_i + α₀·people)^ν,  n the number of seen cells of a row.
///
/// Rows are solved by `RidgeSolver`, from a start that depends on the seed and the item alone.
///
/// A new session folds in as the weighted mean of its items' rows, or by solving its own row's system. Measured with 32
/// dimensions, all items ranked by the product, MRR/HitRate@20: on Serenade's toy sessions (position decay 2, current item
/// excluded, means over the validation day and the last two days of training, each held out) mean .252/.581, solved
/// .248/.581, and mean with the cosine for the product .281/.608; on Online Retail's baskets (June, July and August 2011
/// each held out, outside the UK, baskets as people) mean .069/.212, solved .072/.252, cosine .071/.219. So the mean serves
/// sessions as well, the cosine beats the product, and solving pays for baskets alone.
public struct ImplicitALS: Sendable {
  public struct Parameters: Sendable {
    public var weights = EventWeights.standard
    /// A multiple of 8.
    public var dimensions = 32
    public var iterations = 8
    /// Steps of conjugate gradients a row and iteration.
    public var solverSteps = 3
    /// What all cells together count against those that were seen: α₀ is this times the matrix's density, which carries
    /// over to other sizes. What suits long histories (10 and more) harms short sessions.
    public var unobservedShare: Float = 1
    /// λ and ν.
    public var regularisation: Float = 0.03
    public var frequencyExponent: Float = 1
    public var seed: UInt64 = 1

    public init() {}
  }

  public let dimensions: Int
  /// Row-major, one row an item or a person (numbered as in the matrix); zeros for an item without events.
  public let itemFactors: [Float]
  public let personFactors: [Float]
  /// α₀·YᵀY of the item factors, k × k: what folding a new session in takes, besides the rows of its items.
  public let itemGram: [Float]
  /// α₀.
  public let unobservedWeight: Float

  /// - Parameter progress: called after each iteration with its number and the model as it stands.
  public static func fit(
    _ matrix: InteractionMatrix, parameters: Parameters = Parameters(), parallelism: Parallelism = .allCores,
    progress: (Int, () -> ImplicitALS) -> Void = { _, _ in }
  ) -> ImplicitALS {
    let blocks = parameters.dimensions / 8
    let unobservedWeight = parameters.unobservedWeight(matrix)
    var items = FactorTable(randomRows: matrix.items.count, blocks: blocks, seed: parameters.seed)
    var people = FactorTable(rows: matrix.people.count, blocks: blocks)
    func model() -> ImplicitALS {
      ImplicitALS(
        dimensions: parameters.dimensions, itemFactors: items.scalars, personFactors: people.scalars,
        itemGram: items.gram(parallelism).scalars.map { $0 * unobservedWeight },
        unobservedWeight: unobservedWeight)
    }
    for iteration in 0..<parameters.iterations {
      people.solve(matrix.people, against: items, unobservedWeight, parameters, parallelism)
      items.solve(matrix.items, against: people, unobservedWeight, parameters, parallelism)
      progress(iteration, model)
    }
    return model()
  }

  /// The value of the objective, in double precision.
  public func loss(_ matrix: InteractionMatrix, _ parameters: Parameters) -> Double {
    let k = dimensions
    func row(_ factors: [Float], _ index: Int) -> [Double] { factors[index * k..<(index + 1) * k].map(Double.init) }
    func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
    func gramAndPenalty(_ factors: [Float], _ rows: InteractionMatrix.Rows, others: Int) -> ([Double], Double) {
      var gram = [Double](repeating: 0, count: k * k)
      var penalty = 0.0
      for index in 0..<rows.count {
        let x = row(factors, index)
        for i in 0..<k { for j in 0..<k { gram[i * k + j] += x[i] * x[j] } }
        penalty += Double(parameters.ridge(seen: rows.range(index).count, of: others, unobservedWeight)) * dot(x, x)
      }
      return (gram, penalty)
    }
    let (itemGram, itemPenalty) = gramAndPenalty(itemFactors, matrix.items, others: matrix.people.count)
    let (personGram, personPenalty) = gramAndPenalty(personFactors, matrix.people, others: matrix.items.count)
    var seen = 0.0
    for person in 0..<matrix.people.count {
      let x = row(personFactors, person)
      for cell in matrix.people.range(person) {
        let error = 1 - dot(x, row(itemFactors, Int(matrix.people.columns[cell])))
        seen += Double(matrix.people.confidences[cell]) * error * error
      }
    }
    return seen + Double(unobservedWeight) * dot(itemGram, personGram) + itemPenalty + personPenalty
  }
}

extension ImplicitALS.Parameters {
  func unobservedWeight(_ matrix: InteractionMatrix) -> Float {
    let cells = Double(matrix.people.count) * Double(matrix.items.count)
    return cells > 0 ? Float(Double(unobservedShare) * Double(matrix.people.columns.count) / cells) : 0
  }

  /// λ·s, what is added to the diagonal for a row with `seen` cells among `all`.
  public func ridge(seen: Int, of all: Int, _ unobservedWeight: Float) -> Float {
    regularisation * pow(Float(seen) + unobservedWeight * Float(all), frequencyExponent)
  }
}

/// Rows of factors in SIMD blocks, so that they are aligned for them.
private struct FactorTable: Sendable {
  let blocks: Int
  private var values: [SIMD8<Float>]

  init(rows: Int, blocks: Int) {
    self.blocks = blocks
    values = [SIMD8<Float>](repeating: .zero, count: rows * blocks)
  }

  /// Uniform in ±√3·0.1/√k, that is with a standard deviation of 0.1/√k, from a hash of seed and position.
  init(randomRows rows: Int, blocks: Int, seed: UInt64) {
    self.init(rows: rows, blocks: blocks)
    let scale = (0.03 / Float(blocks * 8)).squareRoot()
    for position in values.indices {
      for lane in 0..<8 {
        let hash = mix(seed &* 0x9E37_79B9_7F4A_7C15 &+ UInt64(position * 8 + lane))
        values[position][lane] = (Float(hash >> 40) / Float(1 << 23) - 1) * scale
      }
    }
  }

  var rows: Int { values.count / blocks }
  var scalars: [Float] { values.scalars }

  mutating func solve(
    _ rows: InteractionMatrix.Rows, against other: FactorTable, _ unobservedWeight: Float,
    _ parameters: ImplicitALS.Parameters, _ parallelism: Parallelism
  ) {
    let gram = other.gram(parallelism).map { $0 * unobservedWeight }
    let blocks = blocks
    values.withUnsafeMutableBufferPointer { values in
      guard let solutions = values.baseAddress else { return }
      parallelism.forEachChunk(
        of: rows.count, size: 256, scratch: { RidgeSolver(dimensions: blocks * 8) }
      ) { solver, _, range in
        for row in range {
          let cells = rows.range(row)
          let solution = solutions + row * blocks
          if cells.isEmpty {
            solution.update(repeating: .zero, count: blocks)
            continue
          }
          let ridge = parameters.ridge(seen: cells.count, of: other.rows, unobservedWeight)
          rows.columns.withUnsafeBufferPointer { columns in
            rows.confidences.withUnsafeBufferPointer { confidences in
              solver.solve(
                solution, gram: gram, ridge: ridge, factors: other.values,
                columns: UnsafeBufferPointer(rebasing: columns[cells]),
                confidences: UnsafeBufferPointer(rebasing: confidences[cells]), steps: parameters.solverSteps)
            }
          }
        }
      }
    }
  }

  /// YᵀY in rows of blocks; partial sums over fixed ranges of rows, joined in order.
  func gram(_ parallelism: Parallelism) -> [SIMD8<Float>] {
    let size = blocks * blocks * 8
    let parts = parallelism.mapChunks(of: rows, size: 2048, scratch: {}) { _, range in
      var sum = [SIMD8<Float>](repeating: .zero, count: size)
      for row in range {
        for i in 0..<blocks * 8 {
          let factor = SIMD8<Float>(repeating: values[row * blocks + i / 8][i % 8])
          for block in 0..<blocks { sum[i * blocks + block] += factor * values[row * blocks + block] }
        }
      }
      return sum
    }
    return parts.reduce(into: [SIMD8<Float>](repeating: .zero, count: size)) { total, part in
      for index in 0..<size { total[index] += part[index] }
    }
  }
}

extension [SIMD8<Float>] {
  fileprivate var scalars: [Float] { flatMap { block in (0..<8).map { block[$0] } } }
}

/// SplitMix64's output function.
private func mix(_ state: UInt64) -> UInt64 {
  var z = state
  z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
  z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
  return z ^ (z >> 31)
}
