/// Points as sparse rows of non-negative or real components.
struct SparsePoints: Sendable {
  private(set) var offsets: [UInt32] = [0]
  private(set) var columns: [UInt16] = []
  private(set) var values: [Float] = []
  /// By row: what the divergence adds to −score, see `KMeans`.
  private(set) var selfTerms: [Double] = []

  var count: Int { offsets.count - 1 }

  mutating func append(_ row: some Sequence<(column: Int, value: Float)>, selfTerm: Double) {
    for (column, value) in row where value != 0 {
      columns.append(UInt16(column))
      values.append(value)
    }
    offsets.append(UInt32(columns.count))
    selfTerms.append(selfTerm)
  }

  mutating func append(contentsOf other: SparsePoints) {
    let shift = offsets[offsets.count - 1]
    offsets += other.offsets.dropFirst().map { $0 + shift }
    columns += other.columns
    values += other.values
    selfTerms += other.selfTerms
  }

  /// The given rows, in their order.
  func rows(_ rows: [Int]) -> SparsePoints {
    var part = SparsePoints()
    for row in rows { part.append(cells(row), selfTerm: selfTerms[row]) }
    return part
  }

  /// The same as a loop over `cells`, for where a sequence that holds on to the points would take longer than the loop.
  @inline(__always)
  func forEachCell(_ row: Int, _ body: (_ column: Int, _ value: Double) -> Void) {
    for cell in Int(offsets[row])..<Int(offsets[row + 1]) { body(Int(columns[cell]), Double(values[cell])) }
  }

  func cells(_ row: Int) -> some Sequence<(column: Int, value: Float)> {
    (Int(offsets[row])..<Int(offsets[row + 1])).lazy.map { (Int(columns[$0]), values[$0]) }
  }

  @inline(__always)
  func dot(_ row: Int, _ weights: [Double]) -> Double {
    var sum = 0.0
    for cell in Int(offsets[row])..<Int(offsets[row + 1]) { sum += Double(values[cell]) * weights[Int(columns[cell])] }
    return sum
  }
}

/// K-means under a divergence that is linear in the point once the centroid is known,
///
///     D(x, c) = selfTerm(x) − x · dual(c),
///
/// as every Bregman divergence is up to a constant of c (Banerjee, Merugu, Dhillon and Ghosh 2005): the best centroid of a cluster is
/// its mean, whatever the divergence. Seeded as k-means++ does (Arthur and Vassilvitskii 2007), with D in the place of the squared
/// distance. Sums are joined in the order of fixed chunks, so that results do not depend on the number of threads.
struct KMeans: Sendable {
  let points: SparsePoints
  let dimensions: Int
  /// From a cluster's sum of points and its number of points to the weights that score a point.
  let dual: @Sendable ([Double], Int) -> [Double]
  var iterationsMax = 50
  let parallelism: Parallelism

  struct Clustering: Sendable {
    /// By cluster.
    var duals: [[Double]]
    var sums: [[Double]]
    var counts: [Int]
    /// By point.
    var assignment: [UInt16] = []
    /// Σ D(x, its centroid).
    var inertia = Double.infinity
    /// Mean of (b − a) / max(a, b), a and b the divergences from the nearest and the second nearest centroid: the simplified
    /// silhouette (Hruschka, de Castro and Campello 2004).
    var silhouette = 0.0
  }

  private static let chunk = 2048

  /// The best of `restarts` runs.
  func fit(clusters: Int, seed: UInt64, restarts: Int) -> Clustering {
    let runs = (0..<restarts).map { restart in
      var random = SplitMix(seed: seed, stream: clusters << 8 | restart)
      return refine(seeds(clusters, &random))
    }
    return runs.enumerated().min { ($0.element.inertia, $0.offset) < ($1.element.inertia, $1.offset) }!.element
  }

  /// Alternates assignment and means from the given weights until nothing moves.
  func refine(_ duals: [[Double]]) -> Clustering {
    var current = assign(duals)
    for _ in 0..<iterationsMax {
      let next = assign(
        zip(current.sums, zip(current.counts, current.duals)).map { sum, rest in
          // A cluster without points stays where it was.
          rest.0 > 0 ? dual(sum, rest.0) : rest.1
        })
      let isSettled = next.assignment == current.assignment
      current = next
      if isSettled { break }
    }
    return current
  }

  private func seeds(_ count: Int, _ random: inout SplitMix) -> [[Double]] {
    func weights(_ row: Int) -> [Double] {
      var sum = [Double](repeating: 0, count: dimensions)
      for (column, value) in points.cells(row) { sum[column] = Double(value) }
      return dual(sum, 1)
    }
    var duals = [weights(random.next(below: points.count))]
    var nearest = [Double](repeating: .infinity, count: points.count)
    while duals.count < count {
      let last = duals[duals.count - 1]
      nearest = parallelism.mapChunks(of: points.count, size: KMeans.chunk, scratch: {}) { _, rows in
        rows.map { max(0, min(nearest[$0], points.selfTerms[$0] - points.dot($0, last))) }
      }.flatMap { $0 }
      var rest = nearest.reduce(0, +) * Double(random.next() >> 11) * 0x1p-53
      let chosen = nearest.firstIndex { divergence in
        rest -= divergence
        return rest < 0
      }
      duals.append(weights(chosen ?? random.next(below: points.count)))
    }
    return duals
  }

  private func assign(_ duals: [[Double]]) -> Clustering {
    let scores = ClusterScores(duals, dimensions: dimensions)
    let parts = parallelism.mapChunks(of: points.count, size: KMeans.chunk, scratch: { scores }) { scores, rows in
      var part = Part(clusters: duals.count, dimensions: dimensions)
      part.assignment.reserveCapacity(rows.count)
      for row in rows { part.add(row, of: points, scores.nearest(row, of: points)) }
      return part
    }
    var all = Part(clusters: duals.count, dimensions: dimensions)
    all.assignment.reserveCapacity(points.count)
    for part in parts { all.add(part) }
    return Clustering(
      duals: duals,
      sums: duals.indices.map { Array(all.sums[$0 * dimensions..<($0 + 1) * dimensions]) }, counts: all.counts,
      assignment: all.assignment, inertia: all.inertia, silhouette: all.silhouette / Double(max(points.count, 1)))
  }
}

/// A point's divergences from all clusters at once: the weights of a column stand together for all clusters, so that a cell of a point
/// is one run of multiplications and nothing is looked up by cluster.
private struct ClusterScores {
  /// By column, then cluster.
  private let weights: [Double]
  private var dots: [Double]

  init(_ duals: [[Double]], dimensions: Int) {
    weights = (0..<dimensions).flatMap { column in duals.map { $0[column] } }
    dots = [Double](repeating: 0, count: duals.count)
  }

  mutating func nearest(_ row: Int, of points: SparsePoints) -> (cluster: Int, first: Double, second: Double) {
    let count = dots.count
    return dots.withUnsafeMutableBufferPointer { dots in
      weights.withUnsafeBufferPointer { weights in
        dots.update(repeating: 0)
        points.forEachCell(row) { column, value in
          for cluster in 0..<count { dots[cluster] += value * weights[column * count + cluster] }
        }
        var (cluster, first, second) = (0, Double.infinity, Double.infinity)
        for number in 0..<count {
          let divergence = max(0, points.selfTerms[row] - dots[number])
          if divergence < first {
            (cluster, first, second) = (number, divergence, first)
          } else if divergence < second {
            second = divergence
          }
        }
        return (cluster, first, second)
      }
    }
  }
}

/// What the rows of one chunk add to a clustering.
private struct Part {
  private let dimensions: Int
  /// By cluster, then column.
  var sums: [Double]
  var counts: [Int]
  var assignment: [UInt16] = []
  var inertia = 0.0
  var silhouette = 0.0

  init(clusters: Int, dimensions: Int) {
    self.dimensions = dimensions
    sums = [Double](repeating: 0, count: clusters * dimensions)
    counts = [Int](repeating: 0, count: clusters)
  }

  mutating func add(
    _ row: Int, of points: SparsePoints, _ nearest: (cluster: Int, first: Double, second: Double)
  ) {
    assignment.append(UInt16(nearest.cluster))
    counts[nearest.cluster] += 1
    let start = nearest.cluster * dimensions
    points.forEachCell(row) { sums[start + $0] += $1 }
    inertia += nearest.first
    if nearest.second.isFinite, nearest.second > 0 { silhouette += (nearest.second - nearest.first) / nearest.second }
  }

  mutating func add(_ other: Part) {
    assignment += other.assignment
    inertia += other.inertia
    silhouette += other.silhouette
    for cluster in counts.indices { counts[cluster] += other.counts[cluster] }
    for index in sums.indices { sums[index] += other.sums[index] }
  }
}
