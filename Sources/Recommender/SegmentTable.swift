import Bytes
import SQLiteReader
import Session
import SnapshotFormat

/// The segments of a base file, and the judge of which one a session belongs to. Integers throughout; at most
/// `SegmentEvidence.segmentsMax` times the session's items of work.
public final class SegmentTable {
  private let table: Table
  private var rows = FixedArray<SegmentEvidence>(capacity: SegmentEvidence.segmentsMax)
  /// How far ahead of the second the answer has to be.
  private var margin = 0

  private init(_ table: Table) { self.table = table }

  /// Nil where the file holds no segments.
  static func open(_ file: SnapshotFile) throws(SnapshotError) -> SegmentTable? {
    let count = try file.meta.number(MetaKey.segments, maximum: UInt32(SegmentEvidence.segmentsMax))
    let topics = try file.meta.number(MetaKey.topics, maximum: UInt32(SegmentEvidence.topicsMax))
    let margin = try file.meta.number(MetaKey.segmentMargin, maximum: UInt32(UInt16.max))
    guard count > 0 else { return nil }
    let segments = SegmentTable(try file.table(Schema.segment))
    segments.margin = Int(margin)
    for row in 0..<Int64(count) {
      guard let evidence = SegmentEvidence(segments.table.blob(row, column: 4), topics: Int(topics)) else {
        throw SnapshotError(.badValue, table: Schema.segment)
      }
      segments.rows.append(evidence)
    }
    return segments
  }

  public var count: Int { rows.count }
  /// Short, and stable from build to build; empty where the snapshot is damaged.
  public func code(_ segment: Int) -> ByteView { table.text(Int64(segment), column: 1) }
  /// In words.
  public func name(_ segment: Int) -> ByteView { table.text(Int64(segment), column: 2) }

  /// The segment that the session's distinct items speak for, each counted once; nil where none is far enough ahead.
  func segment(of interests: borrowing Interests, in base: BaseSnapshot) -> Int? {
    let behaviour = base.column(.behaviour)
    var totals = BehaviourTotals()
    for place in interests.items.indices where interests.items[place].weight > 0 {
      totals.add(ItemBehaviour(rawValue: behaviour.u8(interests.items[place].item)))
    }
    guard totals.items > 0 else { return nil }
    var (leader, first, second) = (0, Int.min, Int.min)
    for segment in rows.indices {
      var value = rows[segment].value(totals)
      for place in interests.items.indices where interests.items[place].weight > 0 {
        value &+= rows[segment].topic(ItemBehaviour(rawValue: behaviour.u8(interests.items[place].item)).topic)
      }
      if value > first {
        (leader, first, second) = (segment, value, first)
      } else if value > second {
        second = value
      }
    }
    return rows.count > 1 && first &- second >= margin ? leader : nil
  }
}
