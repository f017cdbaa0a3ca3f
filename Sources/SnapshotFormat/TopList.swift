import Bytes

/// A ranked list, best first: entries of (u32 item number, u16 score / best score · 65535), little-endian.
/// Fixed width, so that SQL can read it too (view `top_items`).
public enum TopList {
  public static let entryWidth = 6
  /// Row of table `top_list` that holds the list over all categories; category c stands in row c + 1.
  public static let overallRow: Int64 = 0

  public static func row(category: UInt16) -> Int64 { Int64(category) + 1 }

  /// The list over all items of a segment's people.
  public static func row(segment: Int) -> Int64 { -1 - Int64(segment) }

  /// The list over all items of the people in a segment of rules; the others are at most `SegmentEvidence.segmentsMax`.
  public static func row(ruleSegment segment: Int) -> Int64 {
    row(segment: SegmentEvidence.segmentsMax) - Int64(segment)
  }

  public static func encode(items: [UInt32], scores: [Float]) -> [UInt8] {
    precondition(items.count == scores.count)
    let best = scores.first ?? 0
    var bytes: [UInt8] = []
    bytes.reserveCapacity(items.count * entryWidth)
    for (item, score) in zip(items, scores) {
      for shift in [0, 8, 16, 24] { bytes.append(UInt8(truncatingIfNeeded: item >> UInt32(shift))) }
      let level = best > 0 ? nearestEven(max(0, score) / best * 65535) : 0
      let bits = UInt16(min(65535, level))
      bytes.append(UInt8(truncatingIfNeeded: bits))
      bytes.append(UInt8(truncatingIfNeeded: bits >> 8))
    }
    return bytes
  }

  public static func count(_ bytes: ByteView) -> Int { bytes.count / entryWidth }

  /// The entry of rank `index` (from 0); the score lies in 0...1.
  @inlinable
  public static func entry(_ bytes: ByteView, _ index: Int) -> (item: UInt32, score: Float) {
    (bytes.u32le(index &* 6), Float(bytes.u16le(index &* 6 &+ 4)) * (1 / 65535 as Float))
  }
}
