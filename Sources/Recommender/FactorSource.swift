import Bytes
import SIMDKernels
import SnapshotFormat

/// Item factors: the session is folded in as the weighted sum of its items' rows, and every candidate scored by the
/// dot product of the two, in integers.
struct FactorSource: ~Copyable {
  private var sum = FixedArray<Float>(repeating: 0, count: FactorRow.dimensionsMax)
  private var query = FixedArray<Int16>(repeating: 0, count: FactorRow.dimensionsMax)
  /// What one unit of `query` stands for.
  private var unit: Float = 0

  /// With 8,191 the kernel's sums stay below 2³¹ for 1,024 dimensions, and the rounding is finer than the rows'.
  private static let queryMax: Float = 8191

  /// Adds the factors' score to every candidate; to none where the snapshot or the session has no factors.
  mutating func score(_ set: inout CandidateSet, for interests: borrowing Interests, in base: BaseSnapshot) -> UInt32 {
    guard let rows = base.factor, fold(interests, rows, base.dimensions) else { return 0 }
    for index in 0..<set.count { set[index].factors = dot(rows.row(set[index].item), base.dimensions) }
    return UInt32(set.count)
  }

  /// The place in the session of the item that speaks most for `item` by factors.
  func largestPart(of item: UInt32, for interests: borrowing Interests, in base: BaseSnapshot) -> Int {
    guard let rows = base.factor else { return 0 }
    let target = rows.row(item)
    var largest = -Float.infinity
    var from = 0
    for place in 0..<interests.items.count {
      let interest = interests.items[place]
      guard interest.weight > 0 else { continue }
      let row = rows.row(interest.item)
      var sum: Int32 = 0
      for dimension in 0..<base.dimensions {
        let a = Int32(Int8(bitPattern: row[4 + dimension]))
        sum &+= a &* Int32(Int8(bitPattern: target[4 + dimension]))
      }
      let part = interest.weight * FactorRow.scale(row) * Float(sum)
      if part > largest {
        largest = part
        from = place
      }
    }
    return from
  }

  private mutating func fold(_ interests: borrowing Interests, _ rows: ColumnBlocks, _ dimensions: Int) -> Bool {
    for dimension in 0..<dimensions { sum[dimension] = 0 }
    for place in 0..<interests.items.count {
      let interest = interests.items[place]
      guard interest.weight > 0 else { continue }
      let row = rows.row(interest.item)
      let factor = interest.weight * FactorRow.scale(row)
      for dimension in 0..<dimensions {
        sum[dimension] = sum[dimension] + factor * Float(Int8(bitPattern: row[4 + dimension]))
      }
    }
    var largest: Float = 0
    for dimension in 0..<dimensions {
      // Weights up to 1,000 and scales up to Float's range may overflow in a hostile snapshot, and infinities give NaN.
      guard sum[dimension].isFinite else { return false }
      largest = max(largest, abs(sum[dimension]))
    }
    unit = largest / FactorSource.queryMax
    guard unit > 0 else { return false }
    for dimension in 0..<dimensions {
      query[dimension] = Int16(nearestEven(sum[dimension] / unit))
    }
    return true
  }

  private func dot(_ row: ByteView, _ dimensions: Int) -> Float {
    let bytes = row.dropFirst(4).start.assumingMemoryBound(to: Int8.self)
    let score = Float(martlet_dot_i8_i16(bytes, query.pointer, Int32(dimensions))) * unit * FactorRow.scale(row)
    return score.isFinite ? score : 0
  }
}
