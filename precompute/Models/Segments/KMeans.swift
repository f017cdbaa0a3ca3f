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
    let parts = parallelism.mapChunks(of: points.count, size: KMeans.chunk, scratch: {}) { _, rows in
      var part = Clustering(
        duals: [], sums: [[Double]](repeating: [Double](repeating: 0, count: dimensions), count: duals.count),
        counts: [Int](repeating: 0, count: duals.count))
      part.inertia = 0
      part.assignment.reserveCapacity(rows.count)
      for row in rows { part.add(row, of: points, nearest(row, duals)) }
      return part
    }
    var all = Clustering(
      duals: duals, sums: [[Double]](repeating: [Double](repeating: 0, count: dimensions), count: duals.count),
      counts: [Int](repeating: 0, count: duals.count))
    all.inertia = 0
    for part in parts { all.add(part) }
    all.silhouette /= Double(max(points.count, 1))
    return all
  }

  private func nearest(_ row: Int, _ duals: [[Double]]) -> (cluster: Int, first: Double, second: Double) {
    var (cluster, first, second) = (0, Double.infinity, Double.infinity)
    for (number, dual) in duals.enumerated() {
      let divergence = max(0, points.selfTerms[row] - points.dot(row, dual))
      if divergence < first {
        (cluster, first, second) = (number, divergence, first)
      } else if divergence < second {
        second = divergence
      }
    }
    return (cluster, first, second)
  }
}

extension KMeans.Clustering {
  fileprivate mutating func add(
    _ row: Int, of points: SparsePoints, _ nearest: (cluster: Int, first: Double, second: Double)
  ) {
    assignment.append(UInt16(nearest.cluster))
    counts[nearest.cluster] += 1
    for (column, value) in points.cells(row) { sums[nearest.cluster][column] += Double(value) }
    inertia += nearest.first
    if nearest.second.isFinite, nearest.second > 0 { silhouette += (nearest.second - nearest.first) / nearest.second }
  }

  fileprivate mutating func add(_ part: Self) {
    assignment += part.assignment
    inertia += part.inertia
    silhouette += part.silhouette
    for cluster in counts.indices {
      counts[cluster] += part.counts[cluster]
      for column in sums[cluster].indices { sums[cluster][column] += part.sums[cluster][column] }
    }
  }
}
