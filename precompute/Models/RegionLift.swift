import EventLog

/// How much more an item is asked for in a region than everywhere: its share of the region's demand divided by its share
/// of the world's. Demand is counted in pairs of a person and an item that the person asked for at least once, so that
/// nobody moves a lift alone and event weights do not matter.
///
///     lift_r(i) = (n_r(i) + κ · lift_parent(i)) / (E_r(i) + κ),   E_r(i) = N_r · n(i) / N
///
/// n(i) being the people of item i and N their sum over the items that may be shown: observed over expected, shrunk towards the
/// parent's by κ expected people (DuMouchel 1999 with a fixed prior). The world's lift is 1. From fewer than
/// `minimumPeople` people in the region, the parent's lift stands.
public struct RegionLift: Sendable {
  public struct Parameters: Sendable {
    /// κ, in people.
    public var shrinkage = 10.0
    public var minimumPeople: UInt32 = 5
    /// A lift is kept where it is at least this, or at most its reciprocal: what is near 1 says nothing.
    public var clear: Float = 1.25

    public init() {}
  }

  public struct Entry: Sendable, Equatable {
    public let item: UInt32
    public let lift: Float
  }

  /// By scope of the region tree, ascending items; the world has none. A region's row holds what it takes over from its parent.
  public let rows: [[Entry]]

  /// - Parameter popularity: of the same regions; its evidence is what is compared.
  public init(
    _ popularity: DecayedPopularity, regions: RegionTree, showable: [Bool], parameters: Parameters = Parameters(),
    parallelism: Parallelism = .allCores
  ) {
    let evidence = popularity.evidence
    var world = [Double](repeating: 0, count: showable.count)
    for entry in evidence[RegionTree.world] where showable[Int(entry.item)] {
      world[Int(entry.item)] = Double(entry.people)
    }
    let total = world.reduce(0, +)
    let base = [Float](repeating: 1, count: showable.count)
    func lifts(_ scope: Int, parent: [Float]) -> [Float] {
      let own = evidence[scope].filter { showable[Int($0.item)] }
      let share = own.reduce(0) { $0 + Double($1.people) } / max(total, 1)
      var lifts = parent
      for entry in own where entry.people >= parameters.minimumPeople {
        let item = Int(entry.item)
        let expected = share * world[item]
        lifts[item] = Float(
          (Double(entry.people) + parameters.shrinkage * Double(parent[item])) / (expected + parameters.shrinkage))
      }
      return lifts
    }
    // Only groups are parents; their parent is the world.
    var groups: [Int: [Float]] = [:]
    for (scope, node) in regions.scopes.enumerated() where node.level == .group {
      groups[scope] = lifts(scope, parent: base)
    }
    rows = parallelism.mapChunks(of: regions.scopes.count, size: 1, scratch: {}) { _, one in
      let scope = one.lowerBound
      guard scope != RegionTree.world else { return [] }
      let lifts = groups[scope] ?? lifts(scope, parent: groups[regions.scopes[scope].parent] ?? base)
      return lifts.indices.filter { lifts[$0] >= parameters.clear || lifts[$0] <= 1 / parameters.clear }.map {
        Entry(item: UInt32($0), lift: lifts[$0])
      }
    }
  }
}
