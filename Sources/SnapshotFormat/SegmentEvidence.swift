import Bytes

/// How much each feature of behaviour speaks for a segment: signed 16-bit numbers, little-endian, in units of 1/256 nat,
///
///     prior, dear, cheap, fresh, settled, then one for each topic
///
/// each ln(segment's share / everybody's share); the prior is ln(segment's people / all people). A visitor's evidence for a segment is
///
///     prior + Σ topic(i) + Σ (l_i · dear + (1 − l_i) · cheap) + Σ (fresh where i is new, else settled)
///
/// over the distinct items i of known behaviour, l_i being the price level from 0 to 1: minus the Kullback–Leibler divergence of the
/// visitor's shares from the segment's, times the number of items, up to what is the same for all segments. Builder and
/// scorer use this one function.
public struct SegmentEvidence: BitwiseCopyable {
  private let row: ByteView

  /// Units of one nat.
  public static let unit = 256
  /// Segments that a scorer takes.
  public static let segmentsMax = 32
  public static let topicsMax = 31
  /// What stands before the topics.
  public static var features: [StaticString] { ["prior", "dear", "cheap", "fresh", "settled"] }
  static let fixed = 5

  public static func width(topics: Int) -> Int { 2 * (fixed + topics) }

  public static func encode(
    prior: Int16, dear: Int16, cheap: Int16, fresh: Int16, settled: Int16, topics: [Int16]
  ) -> [UInt8] {
    ([prior, dear, cheap, fresh, settled] + topics).flatMap { value in
      [UInt8(truncatingIfNeeded: value), UInt8(truncatingIfNeeded: value >> 8)]
    }
  }

  /// Nil where `row` has not the width that `topics` ask for.
  public init?(_ row: ByteView, topics: Int) {
    guard row.count == SegmentEvidence.width(topics: topics) else { return nil }
    self.row = row
  }

  private func number(_ index: Int) -> Int { Int(Int16(bitPattern: row.u16le(2 &* index))) }

  /// What an item of `topic` says; 0 for one without a topic.
  public func topic(_ topic: Int) -> Int {
    let index = SegmentEvidence.fixed &+ topic
    return 2 &* index < row.count ? number(index) : 0
  }

  /// The evidence of all but topics.
  public func value(_ totals: BehaviourTotals) -> Int {
    let cheap = ItemBehaviour.levelMax &* totals.priced &- totals.levels
    let price = (totals.levels &* number(1) &+ cheap &* number(2)) / ItemBehaviour.levelMax
    return number(0) &+ price &+ totals.fresh &* number(3) &+ (totals.items &- totals.fresh) &* number(4)
  }
}
