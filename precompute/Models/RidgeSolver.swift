import CPrefetch

/// Solves one row's system (G + λI + Σ c·y·yᵀ) x = Σ c·y by conjugate gradients from the x at hand, without ever
/// forming the matrix (Takács, Pilászy, Tikk 2011). Measured at 32 dimensions, three steps against a Cholesky
/// factorisation: a fifth of the time, and the alternation makes up for the inexact rows. As many steps as dimensions
/// solve exactly.
struct RidgeSolver {
  typealias Row = UnsafeMutablePointer<SIMD8<Float>>

  private let blocks: Int
  /// Residual, direction, and matrix times direction, one after the other.
  private var workspace: [SIMD8<Float>]

  /// - Parameter dimensions: a positive multiple of 8.
  init(dimensions: Int) {
    precondition(dimensions > 0 && dimensions % 8 == 0, "the number of dimensions is a positive multiple of 8")
    blocks = dimensions / 8
    workspace = [SIMD8<Float>](repeating: .zero, count: 3 * blocks)
  }

  /// - Parameters:
  ///   - gram: G, whole, row by row in blocks.
  ///   - factors: all rows y; `columns` says which were seen, `confidences` their c.
  mutating func solve(
    _ x: Row, gram: UnsafePointer<SIMD8<Float>>, ridge: Float, factors: UnsafePointer<SIMD8<Float>>,
    columns: UnsafeBufferPointer<UInt32>, confidences: UnsafeBufferPointer<Float>, steps: Int
  ) {
    let blocks = blocks
    workspace.withUnsafeMutableBufferPointer { workspace in
      let residual = workspace.baseAddress!
      let direction = residual + blocks
      let product = direction + blocks

      multiply(gram, x, ridge: ridge, into: product, blocks)
      for block in 0..<blocks { residual[block] = -product[block] }
      addSeen(factors, columns, confidences, constant: 1, slope: -1, x, to: residual, blocks)
      direction.update(from: residual, count: blocks)
      var error = dot(residual, residual, blocks)
      for _ in 0..<steps where error > 1e-20 {
        multiply(gram, direction, ridge: ridge, into: product, blocks)
        addSeen(factors, columns, confidences, constant: 0, slope: 1, direction, to: product, blocks)
        let length = error / dot(direction, product, blocks)
        add(direction, length, to: x, blocks)
        add(product, -length, to: residual, blocks)
        let next = dot(residual, residual, blocks)
        let turn = SIMD8<Float>(repeating: next / error)
        for block in 0..<blocks { direction[block] = residual[block] + turn * direction[block] }
        error = next
      }
    }
  }
}

@inline(__always)
private func dot(_ a: UnsafePointer<SIMD8<Float>>, _ b: UnsafePointer<SIMD8<Float>>, _ blocks: Int) -> Float {
  var (even, odd) = (SIMD8<Float>.zero, a[0] * b[0])
  for block in stride(from: 1, to: blocks - 1, by: 2) {
    even += a[block] * b[block]
    odd += a[block + 1] * b[block + 1]
  }
  if blocks % 2 == 0 { even += a[blocks - 1] * b[blocks - 1] }
  // As a tree: `sum()` adds lane after lane.
  let eight = even + odd
  let four = eight.lowHalf + eight.highHalf
  let two = four.lowHalf + four.highHalf
  return two.x + two.y
}

@inline(__always)
private func add(_ a: UnsafePointer<SIMD8<Float>>, _ factor: Float, to b: RidgeSolver.Row, _ blocks: Int) {
  let factor = SIMD8<Float>(repeating: factor)
  for block in 0..<blocks { b[block] += factor * a[block] }
}

/// Adds Σ c · (constant + slope · y·v) · y over the seen rows y. Two at a time, which halves the reading of v and the
/// writing of the sum. Rows stand all over a table larger than the caches, so they are asked for some cells ahead.
@inline(__always)
private func addSeen(
  _ factors: UnsafePointer<SIMD8<Float>>, _ columns: UnsafeBufferPointer<UInt32>,
  _ confidences: UnsafeBufferPointer<Float>, constant: Float, slope: Float, _ v: UnsafePointer<SIMD8<Float>>,
  to sum: RidgeSolver.Row, _ blocks: Int
) {
  @inline(__always)
  func weight(_ cell: Int, _ y: UnsafePointer<SIMD8<Float>>) -> Float {
    confidences[cell] * (constant + slope * dot(y, v, blocks))
  }
  let ahead = 8
  for cell in stride(from: 0, to: columns.count - 1, by: 2) {
    for later in cell + ahead..<max(cell + ahead, min(cell + ahead + 2, columns.count)) {
      let row = factors + Int(columns[later]) * blocks
      for block in stride(from: 0, to: blocks, by: 2) { prefetch(row + block) }
    }
    let a = factors + Int(columns[cell]) * blocks
    let b = factors + Int(columns[cell + 1]) * blocks
    let (atA, atB) = (SIMD8(repeating: weight(cell, a)), SIMD8(repeating: weight(cell + 1, b)))
    for block in 0..<blocks { sum[block] += atA * a[block] + atB * b[block] }
  }
  guard columns.count % 2 == 1 else { return }
  let last = factors + Int(columns[columns.count - 1]) * blocks
  add(last, weight(columns.count - 1, last), to: sum, blocks)
}

/// (G + ridge·I) v; G is symmetric, so its rows serve as its columns. Four blocks at a time: as many sums as stay in
/// registers, enough of them to hide the latency of an addition.
@inline(__always)
private func multiply(
  _ gram: UnsafePointer<SIMD8<Float>>, _ v: UnsafePointer<SIMD8<Float>>, ridge: Float, into result: RidgeSolver.Row,
  _ blocks: Int
) {
  let scalars = UnsafeRawPointer(v).assumingMemoryBound(to: Float.self)
  var block = 0
  while block + 4 <= blocks {
    var (a, b) = (v[block] * ridge, v[block + 1] * ridge)
    var (c, d) = (v[block + 2] * ridge, v[block + 3] * ridge)
    var row = gram + block
    for index in 0..<blocks * 8 {
      let scalar = SIMD8<Float>(repeating: scalars[index])
      a += row[0] * scalar
      b += row[1] * scalar
      c += row[2] * scalar
      d += row[3] * scalar
      row += blocks
    }
    (result[block], result[block + 1], result[block + 2], result[block + 3]) = (a, b, c, d)
    block += 4
  }
  while block < blocks {
    var even = v[block] * ridge
    var odd = SIMD8<Float>.zero
    for index in stride(from: 0, to: blocks * 8, by: 2) {
      even += gram[index * blocks + block] * scalars[index]
      odd += gram[(index + 1) * blocks + block] * scalars[index + 1]
    }
    result[block] = even + odd
    block += 1
  }
}
