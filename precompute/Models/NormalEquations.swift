/// One row's ridge system (A + λI) x = b, A = G + Σ c·y·yᵀ, b = Σ c·y, of `dimensions` unknowns (a multiple of 8), solved
/// by a Cholesky factorisation A = UᵀU in place. Only the upper triangle is kept, in rows of SIMD8 blocks.
struct NormalEquations {
  let blocks: Int
  private var matrix: [SIMD8<Float>]
  private var vector: [SIMD8<Float>]

  init(dimensions: Int) {
    precondition(dimensions > 0 && dimensions % 8 == 0, "the number of dimensions is a positive multiple of 8")
    blocks = dimensions / 8
    matrix = [SIMD8<Float>](repeating: .zero, count: dimensions * blocks)
    vector = [SIMD8<Float>](repeating: .zero, count: blocks)
  }

  /// Sets up and solves the system of one row, and writes x to `solution`.
  mutating func solve(
    gram: UnsafePointer<SIMD8<Float>>, ridge: Float, factors: UnsafePointer<SIMD8<Float>>,
    columns: UnsafeBufferPointer<UInt32>, confidences: UnsafeBufferPointer<Float>,
    into solution: UnsafeMutablePointer<SIMD8<Float>>
  ) {
    let blocks = blocks
    matrix.withUnsafeMutableBufferPointer { a in
      vector.withUnsafeMutableBufferPointer { b in
        let a = a.baseAddress!
        let b = b.baseAddress!
        a.update(from: gram, count: blocks * blocks * 8)
        b.update(repeating: .zero, count: blocks)
        for row in 0..<blocks * 8 { a[row * blocks + row / 8][row % 8] += ridge }
        var cell = 0
        while cell + 1 < columns.count {
          addPair(
            a, b, factors + Int(columns[cell]) * blocks, confidences[cell],
            factors + Int(columns[cell + 1]) * blocks, confidences[cell + 1], blocks)
          cell += 2
        }
        if cell < columns.count {
          let y = factors + Int(columns[cell]) * blocks
          addPair(a, b, y, confidences[cell], y, 0, blocks)
        }
        factorise(a, blocks)
        substitute(a, b, blocks)
        solution.update(from: b, count: blocks)
      }
    }
  }
}

/// Two observations at once halve the loads and stores of the matrix.
@inline(__always)
private func addPair(
  _ a: UnsafeMutablePointer<SIMD8<Float>>, _ b: UnsafeMutablePointer<SIMD8<Float>>,
  _ y: UnsafePointer<SIMD8<Float>>, _ confidenceY: Float, _ z: UnsafePointer<SIMD8<Float>>, _ confidenceZ: Float,
  _ blocks: Int
) {
  for block in 0..<blocks {
    let cy = y[block] * confidenceY
    let cz = z[block] * confidenceZ
    b[block] += cy + cz
    for lane in 0..<8 {
      let row = a + (block * 8 + lane) * blocks
      let fy = SIMD8<Float>(repeating: cy[lane])
      let fz = SIMD8<Float>(repeating: cz[lane])
      for column in block..<blocks { row[column] += fy * y[column] + fz * z[column] }
    }
  }
}

/// A → U, row by row. What stands left of the diagonal within its block is rubbish that `substitute` does not read.
@inline(__always)
private func factorise(_ a: UnsafeMutablePointer<SIMD8<Float>>, _ blocks: Int) {
  for pivot in 0..<blocks * 8 {
    let pivotRow = a + pivot * blocks
    let scale = SIMD8<Float>(repeating: 1 / pivotRow[pivot / 8][pivot % 8].squareRoot())
    for block in pivot / 8..<blocks { pivotRow[block] *= scale }
    for row in pivot + 1..<max(pivot + 1, blocks * 8) {
      let factor = SIMD8<Float>(repeating: pivotRow[row / 8][row % 8])
      let target = a + row * blocks
      for block in row / 8..<blocks { target[block] -= factor * pivotRow[block] }
    }
  }
}

/// b → x by Uᵀz = b, then Ux = z.
@inline(__always)
private func substitute(
  _ u: UnsafeMutablePointer<SIMD8<Float>>, _ b: UnsafeMutablePointer<SIMD8<Float>>, _ blocks: Int
) {
  let lanes = SIMD8<Int32>(0, 1, 2, 3, 4, 5, 6, 7)
  for row in 0..<blocks * 8 {
    let (block, lane) = (row / 8, row % 8)
    let z = b[block][lane] / u[row * blocks + block][lane]
    let factor = SIMD8<Float>(repeating: z)
    let beyond = b[block] - factor * u[row * blocks + block]
    b[block].replace(with: beyond, where: lanes .> Int32(lane))
    b[block][lane] = z
    for next in block + 1..<max(block + 1, blocks) { b[next] -= factor * u[row * blocks + next] }
  }
  for row in stride(from: blocks * 8 - 1, through: 0, by: -1) {
    let (block, lane) = (row / 8, row % 8)
    var sum = (b[block] * u[row * blocks + block]).replacing(with: 0, where: lanes .<= Int32(lane))
    for next in block + 1..<max(block + 1, blocks) { sum += b[next] * u[row * blocks + next] }
    b[block][lane] = (b[block][lane] - sum.sum()) / u[row * blocks + block][lane]
  }
}
