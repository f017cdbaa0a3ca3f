import CPrefetch
import Foundation

/// The pair sums of local SLIST, read from the sessions one target at a time.
///
///     together(a, j)  = Σ_s g_s · w_sa · w_sj                      XᵀWX
///     following(a, j) = Σ_s g_s Σ_p<q w_p · w_q · e^(−(q−p−1)/τ)   SᵀWT, a at position p and j at q
///
/// g_s = recency · size^(−sizeExponent), in a unit that makes the mean of g·w² one: a ridge then means as many plain
/// sightings, whatever the weights of events.
struct SessionPairs {
  let itemCount: Int
  private let baskets: SessionItems
  /// Empty for unordered sessions.
  private let sequences: SessionItems
  private let scale: [Double]
  private let holders: Grouping
  private let occurrences: Grouping
  /// e^(−d/τ) by d, up to where it is below a thousandth.
  private let decay: [Double]

  init(
    itemCount: Int, baskets: SessionItems, sequences: SessionItems, recency: [Double], parameters: LocalSLIST.Parameters
  ) {
    self.itemCount = itemCount
    self.baskets = baskets
    self.sequences = sequences
    holders = Grouping(baskets.items, groupCount: itemCount)
    occurrences = Grouping(sequences.items, groupCount: itemCount)
    let sizeWeights = (0..<baskets.count).map { session in
      pow(Double(max(1, baskets.range(session).count)), -parameters.sizeExponent)
    }
    let mass = zip(baskets.sessions, baskets.weights).reduce(0) { mass, position in
      mass + sizeWeights[Int(position.0)] * Double(position.1) * Double(position.1)
    }
    let unit = mass > 0 ? Double(baskets.items.count) / mass : 1
    scale = zip(sizeWeights, recency).map { $0 * $1 * unit }
    decay = (0...Int(7 * parameters.followingDecay)).map { exp(-Double($0) / parameters.followingDecay) }
  }

  /// By item: α·(XᵀWX)ᵢᵢ + (1−α)·(SᵀWS)ᵢᵢ, where S holds each position but a session's last.
  func diagonal(sessionShare: Double) -> [Float] {
    var sums = [Double](repeating: 0, count: itemCount)
    func add(_ position: Int, of positions: SessionItems, session: Int, share: Double) {
      let weight = Double(positions.weights[position])
      sums[Int(positions.items[position])] += share * scale[session] * weight * weight
    }
    for session in 0..<baskets.count {
      for position in baskets.range(session) { add(position, of: baskets, session: session, share: sessionShare) }
    }
    for session in 0..<sequences.count {
      for position in sequences.range(session).dropLast() {
        add(position, of: sequences, session: session, share: 1 - sessionShare)
      }
    }
    return sums.map { Float($0) }
  }

  func add(_ target: Int, to sums: inout PairSums) {
    baskets.items.withUnsafeBufferPointer { items in
      baskets.weights.withUnsafeBufferPointer { weights in
        forEachPosition(of: target, in: holders, items, weights) { position in
          let session = Int(baskets.sessions[position])
          let weight = scale[session] * Double(weights[position])
          for other in baskets.range(session) where other != position {
            sums.addTogether(items[other], weight * Double(weights[other]))
          }
        }
      }
    }
    sequences.items.withUnsafeBufferPointer { items in
      sequences.weights.withUnsafeBufferPointer { weights in
        forEachPosition(of: target, in: occurrences, items, weights) { position in
          let session = Int(sequences.sessions[position])
          let weight = scale[session] * Double(weights[position])
          for distance in 0..<min(decay.count, position - sequences.range(session).lowerBound) {
            let other = position - 1 - distance
            guard items[other] != UInt32(target) else { continue }
            sums.addFollowing(items[other], weight * decay[distance] * Double(weights[other]))
          }
        }
      }
    }
  }

  /// An item's sessions stand all over columns that are larger than the caches, so they are asked for some positions ahead.
  @inline(__always)
  private func forEachPosition(
    of item: Int, in groups: Grouping, _ items: UnsafeBufferPointer<UInt32>, _ weights: UnsafeBufferPointer<Float>,
    _ body: (Int) -> Void
  ) {
    let ahead = 8
    groups.members.withUnsafeBufferPointer { positions in
      let range = groups.range(item)
      for place in range {
        if place + ahead < range.upperBound {
          let later = Int(positions[place + ahead])
          prefetch(items.baseAddress! + later)
          prefetch(weights.baseAddress! + later)
        }
        body(Int(positions[place]))
      }
    }
  }
}

/// The sums of one target, dense so that adding is one write, with a list of what was touched.
struct PairSums {
  struct Sum {
    var together = 0.0
    var following = 0.0
    /// Sessions that hold both.
    var support: UInt32 = 0
  }

  private(set) var touched: [UInt32] = []
  private let sums: ScratchCells<Sum>

  init(itemCount: Int) { sums = ScratchCells(Sum(), count: itemCount) }

  subscript(item: UInt32) -> Sum { sums[Int(item)] }

  @inline(__always)
  mutating func addTogether(_ item: UInt32, _ value: Double) {
    if sums[Int(item)].support == 0 { touched.append(item) }
    sums[Int(item)].support += 1
    sums[Int(item)].together += value
  }

  /// For an item that stood together with the target, which was added before.
  @inline(__always)
  func addFollowing(_ item: UInt32, _ value: Double) { sums[Int(item)].following += value }

  mutating func clear() {
    for item in touched { sums[Int(item)] = Sum() }
    touched.removeAll(keepingCapacity: true)
  }
}
