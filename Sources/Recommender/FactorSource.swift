import Bytes
import SIMDKernels
import SnapshotFormat

/// Item factors: the session is folded in as the weighted sum of its items' rows, and every candidate on the shortlist scored by the
/// dot product of the two, in integers.
struct FactorSource: ~Copyable {
  private var sum = FixedArray<Float>(repeating: 0, count: FactorRow.dimensionsMax)
  private var query = FixedArray<Int16>(repeating: 0, count: FactorRow.dimensionsMax)
  /// What one unit of `query` stands for.
  private var unit: Float = 0

  /// With 8,191 the kernel's sums stay below 2³¹ for 1,024 dimensions, and the rounding is finer than the rows'.
  private static let queryMax: Float = 8191

  /// Sets the factors' score of every candidate on the shortlist; of none where the snapshot or the session has no factors.
  mutating func score(
    _ shortlist: borrowing TopSelection, in set: CandidateSet, for interests: borrowing Interests,
    _ base: BaseSnapshot
  ) -> UInt32 {
    let rows = base.column(.factor)
    guard base.dimensions > 0, fold(interests, rows, base.dimensions) else { return 0 }
    for index in shortlist.places.indices {
      let place = Int(shortlist.places[index])
      set[place].factors = dot(rows.address(set[place].item), base.dimensions)
    }
    return UInt32(shortlist.places.count)
  }

  /// The place in the session of the item that speaks most for `item` by factors.
  func largestPart(of item: UInt32, for interests: borrowing Interests, in base: BaseSnapshot) -> Int {
    let rows = base.column(.factor)
    let target = FactorSource.values(rows.address(item))
    var largest = -Float.infinity
    var from = 0
    for place in interests.items.indices {
      let interest = interests.items[place]
      guard interest.weight > 0 else { continue }
      let row = rows.address(interest.item)
      let values = FactorSource.values(row)
      var sum: Int32 = 0
      for dimension in Indices(base.dimensions) { sum &+= Int32(values[dimension]) &* Int32(target[dimension]) }
      let part = interest.weight * FactorSource.scale(row) * Float(sum)
      if part > largest {
        largest = part
        from = place
      }
    }
    return from
  }

  /// Puts the row of `item` in the session's place; false where there are no factors.
  mutating func turn(to item: UInt32, in base: BaseSnapshot) -> Bool {
    guard base.dimensions > 0 else { return false }
    let row = base.column(.factor).address(item)
    for dimension in Indices(base.dimensions) { query[dimension] = Int16(FactorSource.values(row)[dimension]) }
    unit = FactorSource.scale(row)
    return true
  }

  /// The factors of `item` times those that stand in the session's place: of rows of length one, the cosine.
  func nearness(of item: UInt32, in base: BaseSnapshot) -> Float {
    dot(base.column(.factor).address(item), base.dimensions)
  }

  private mutating func fold(_ interests: borrowing Interests, _ rows: ColumnBlocks, _ dimensions: Int) -> Bool {
    for dimension in Indices(dimensions) { sum[dimension] = 0 }
    for place in interests.items.indices {
      let interest = interests.items[place]
      guard interest.weight > 0 else { continue }
      let row = rows.address(interest.item)
      let values = FactorSource.values(row)
      let factor = interest.weight * FactorSource.scale(row)
      for dimension in Indices(dimensions) { sum[dimension] = sum[dimension] + factor * Float(values[dimension]) }
    }
    var largest: Float = 0
    for dimension in Indices(dimensions) {
      // Weights up to 1,000 and scales up to Float's range may overflow in a hostile snapshot, and infinities give NaN.
      guard sum[dimension].isFinite else { return false }
      largest = max(largest, abs(sum[dimension]))
    }
    unit = largest / FactorSource.queryMax
    guard unit > 0 else { return false }
    for dimension in Indices(dimensions) {
      query[dimension] = Int16(nearestEven(sum[dimension] / unit))
    }
    return true
  }

  private func dot(_ row: UnsafeRawPointer, _ dimensions: Int) -> Float {
    let product = martlet_dot_i8_i16(FactorSource.values(row), query.pointer, Int32(truncatingIfNeeded: dimensions))
    let score = Float(product) * unit * FactorSource.scale(row)
    return score.isFinite ? score : 0
  }

  /// A row is the scale and then, in the column's whole width, the values.
  @inline(__always)
  private static func values(_ row: UnsafeRawPointer) -> UnsafePointer<Int8> {
    (row + 4).assumingMemoryBound(to: Int8.self)
  }

  @inline(__always)
  private static func scale(_ row: UnsafeRawPointer) -> Float { FactorRow.scale(ByteView(base: row, count: 4)) }
}
