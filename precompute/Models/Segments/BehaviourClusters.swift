import Configuration
import Foundation
import SnapshotFormat

/// The people of enough evidence, clustered by behaviour, largest cluster first.
struct BehaviourClusters: Sendable {
  let space: BehaviourSpace
  private(set) var clustering: KMeans.Clustering
  /// By point: the visitor.
  let visitorOfPoint: [Int]

  /// Nil where there are fewer than two clusters of the least size.
  init?(
    _ visitors: VisitorBehaviour, topics: Int, _ parameters: SegmentParameters, seed: UInt64,
    _ parallelism: Parallelism
  ) {
    var raw: [(visitor: Int, point: [(column: Int, value: Float)])] = []
    for visitor in 0..<visitors.count where visitors.totals[visitor].items >= Segments.minimumItems {
      if let point = BehaviourSpace.point(visitor, of: visitors, topics: topics) { raw.append((visitor, point)) }
    }
    let least = max(parameters.minimumPeople, Int((parameters.minimumShare * Double(raw.count)).rounded(.up)))
    guard raw.count >= 2 * least, raw.count > 1 else { return nil }
    visitorOfPoint = raw.map(\.visitor)
    var plain = SparsePoints()
    for (_, point) in raw { plain.append(point, selfTerm: 0) }
    let space = BehaviourSpace(topics: topics, points: plain)
    var points = SparsePoints()
    for (_, point) in raw { points.append(point, selfTerm: space.selfTerm(point)) }
    self.space = space
    func kMeans(_ points: SparsePoints) -> KMeans {
      KMeans(
        points: points, dimensions: space.dimensions, dual: { sums, _ in space.dual(sums) }, parallelism: parallelism)
    }
    let sample = kMeans(points.rows(BehaviourClusters.sample(raw.count, seed: seed)))
    let numbers = parameters.minimum...max(parameters.minimum, parameters.maximum)
    let choice = numbers.map { sample.fit(clusters: $0, seed: seed, restarts: Segments.restarts) }
    let best = choice.enumerated().max { ($0.element.silhouette, $1.offset) < ($1.element.silhouette, $0.offset) }!
      .element
    let whole = kMeans(points)
    clustering = whole.refine(best.duals)
    while let smallest = clustering.counts.min(), smallest < least {
      let dissolved = clustering.counts.firstIndex(of: smallest)!
      guard clustering.duals.count > 2 else { return nil }
      clustering.duals.remove(at: dissolved)
      clustering = whole.refine(clustering.duals)
    }
    sort()
  }

  /// Places of at most `sampleMax` of `count` points, ascending, drawn by the seed.
  private static func sample(_ count: Int, seed: UInt64) -> [Int] {
    guard count > Segments.sampleMax else { return Array(0..<count) }
    var random = SplitMix(seed: seed, stream: -1)
    let keys = (0..<count).map { (random.next(), $0) }.sorted { $0 < $1 }
    return keys.prefix(Segments.sampleMax).map(\.1).sorted()
  }

  private mutating func sort() {
    let order = clustering.counts.indices.sorted { (clustering.counts[$1], $0) < (clustering.counts[$0], $1) }
    var place = [UInt16](repeating: 0, count: order.count)
    for (new, old) in order.enumerated() { place[old] = UInt16(new) }
    clustering.counts = order.map { clustering.counts[$0] }
    clustering.sums = order.map { clustering.sums[$0] }
    clustering.duals = order.map { clustering.duals[$0] }
    clustering.assignment = clustering.assignment.map { place[Int($0)] }
  }

  /// By cluster, as the snapshot holds it.
  func evidence() -> [[UInt8]] {
    let people = Double(clustering.counts.reduce(0, +))
    func fixed(_ value: Double) -> Int16 { Int16(max(-8, min(8, value)) * Double(SegmentEvidence.unit)) }
    return clustering.sums.indices.map { cluster in
      let dual = space.dual(clustering.sums[cluster])
      return SegmentEvidence.encode(
        prior: fixed(log(Double(clustering.counts[cluster]) / people)), dear: fixed(dual[space.dear]),
        cheap: fixed(dual[space.cheap]), fresh: fixed(dual[space.fresh]), settled: fixed(dual[space.settled]),
        topics: dual[..<space.topics].map(fixed))
    }
  }
}
