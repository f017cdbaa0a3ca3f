import Bytes
import Recommender
import SIMDKernels
import SnapshotFormat

/// The inner loops of an answer over an open base file: run for whoever takes the time, and held against plain versions. The
/// same work and results on every engine.
final class KernelProbe {
  /// Raw values are the numbers that `probe_kernel` takes.
  enum Kernel: UInt32 {
    case dot
    case accumulate
    case select
    case trees
  }

  private static let sessionCount = 16
  private static let sessionItems = 10
  /// The most popular items, which sessions hold.
  private static let itemsMax = 4096
  private static let rowCount = 2048
  private static let dimensions = 32
  private static let limit = 64

  private let base: BaseSnapshot
  private let sessions: [SessionCandidates]
  private var rows: [Int8] = []
  private var query: [Int16] = []
  private let trees: TreeProbe

  init(_ base: BaseSnapshot, seed: UInt64) {
    self.base = base
    var draw = Draw(seed)
    trees = TreeProbe(&draw)
    let bound = min(Int(base.items), KernelProbe.itemsMax)
    sessions = (0..<KernelProbe.sessionCount).map { _ in
      SessionCandidates((0..<KernelProbe.sessionItems).map { _ in UInt32(draw.below(bound)) }, base)
    }
    rows = (0..<KernelProbe.rowCount * KernelProbe.dimensions).map { _ in Int8(bitPattern: draw.byte()) }
    query = (0..<KernelProbe.dimensions).map { _ in Int16(draw.below(16383) - 8191) }
  }

  /// Products, list entries, candidates, or trees walked by a row, of one round.
  func units(_ kernel: Kernel) -> UInt32 {
    switch kernel {
    case .dot: return UInt32(KernelProbe.rowCount)
    case .accumulate: return sessions.reduce(0) { $0 + $1.entries }
    case .select: return sessions.reduce(0) { $0 + UInt32($1.kernels.count) }
    case .trees: return UInt32(TreeProbe.rows * TreeProbe.trees)
    }
  }

  /// - Returns: a number that all results go into.
  func run(_ kernel: Kernel, rounds: UInt32) -> UInt32 {
    var sum: UInt32 = 0
    for _ in 0..<rounds {
      switch kernel {
      case .dot:
        for row in 0..<KernelProbe.rowCount { sum &+= UInt32(bitPattern: dot(row)) }
      case .accumulate:
        for session in sessions {
          session.accumulate(base)
          sum &+= UInt32(session.kernels.count)
        }
      case .select:
        for session in sessions {
          session.kernels.select(KernelProbe.limit)
          sum &+= session.kernels.selected(0) ?? 0
        }
      case .trees:
        for score in trees.scores() { sum = sum &* 31 &+ score.bitPattern }
      }
    }
    for session in sessions { session.score() }
    return sum
  }

  /// Results that differ from those of the plain versions.
  func differences() -> UInt32 {
    var count: UInt32 = 0
    for row in 0..<KernelProbe.rowCount where dot(row) != plainDot(row) { count += 1 }
    for (score, plain) in zip(trees.scores(), trees.plainScores()) where score != plain { count += 1 }
    for session in sessions {
      session.accumulate(base)
      session.score()
      count += session.differences(base, limit: KernelProbe.limit)
    }
    return count
  }

  private func dot(_ row: Int) -> Int32 {
    rows.withUnsafeBufferPointer { rows in
      query.withUnsafeBufferPointer { query in
        martlet_dot_i8_i16(
          rows.baseAddress! + row * KernelProbe.dimensions, query.baseAddress!, Int32(KernelProbe.dimensions))
      }
    }
  }

  private func plainDot(_ row: Int) -> Int32 {
    var sum: Int32 = 0
    for dimension in 0..<KernelProbe.dimensions {
      sum += Int32(rows[row * KernelProbe.dimensions + dimension]) * Int32(query[dimension])
    }
    return sum
  }
}

/// The candidates of one session.
private final class SessionCandidates {
  let items: [UInt32]
  var kernels = Kernels()
  /// That its lists hold.
  private(set) var entries: UInt32 = 0

  init(_ items: [UInt32], _ base: BaseSnapshot) {
    self.items = items
    accumulate(base)
    score()
  }

  private func weight(_ place: Int) -> Float { 1 / Float(1 + place) }

  func accumulate(_ base: BaseSnapshot) {
    kernels.removeAll()
    entries = 0
    for kind in ListKind.allCases {
      for place in items.indices {
        entries += kernels.accumulate(kind, of: items[place], weight: weight(place), from: place, in: base)
      }
    }
  }

  /// What selections go by; to be set again after `accumulate`.
  func score() { kernels.score(.slist) }

  func differences(_ base: BaseSnapshot, limit: Int) -> UInt32 {
    var count: UInt32 = 0
    for kind in ListKind.allCases where kind != .slist { count += differences(of: kind, base) }
    // Last, for its scores stand.
    count += differences(of: .slist, base)
    kernels.select(limit)
    var taken = [Bool](repeating: false, count: kernels.count)
    for rank in 0..<min(limit, kernels.count) {
      let best = plainBest(taken)
      taken[best] = true
      if kernels.selected(rank) != kernels.candidate(best).item { count += 1 }
    }
    return count
  }

  private func differences(of kind: ListKind, _ base: BaseSnapshot) -> UInt32 {
    kernels.score(kind)
    let sums = plainSums(kind, base)
    return (0..<kernels.count).reduce(0) { count, index in
      let (item, score) = kernels.candidate(index)
      return count + (sums[Int(item)] == score ? 0 : 1)
    }
  }

  /// The same sums in an array as long as the shop.
  private func plainSums(_ kind: ListKind, _ base: BaseSnapshot) -> [Float] {
    var sums = [Float](repeating: 0, count: Int(base.items))
    for place in items.indices {
      guard let bytes = Kernels.list(kind, of: items[place], in: base) else { continue }
      var list = ItemList.Iterator(bytes)
      while let entry = list.nextEntry() { sums[Int(entry.item)] += weight(place) * entry.weight }
    }
    return sums
  }

  /// The best of those not taken, by looking at all.
  private func plainBest(_ taken: [Bool]) -> Int {
    var best = -1
    for index in 0..<kernels.count where !taken[index] {
      guard best >= 0 else {
        best = index
        continue
      }
      let (a, b) = (kernels.candidate(index), kernels.candidate(best))
      if a.score > b.score || a.score == b.score && a.item < b.item { best = index }
    }
    return best
  }
}
