import Bytes
import SnapshotFormat

/// The lifts of one region file, read in place.
final class RegionLifts {
  private var directory: BlockDirectory
  private var entries: ColumnBlocks?
  private var count: UInt32 = 0

  private init(_ file: SnapshotFile) { directory = BlockDirectory(of: file) }

  static func open(_ file: SnapshotFile) throws(SnapshotError) -> RegionLifts {
    let lifts = RegionLifts(file)
    let count = try file.meta.number(MetaKey.lifts, maximum: LiftEntry.itemMax)
    let blocks = try lifts.directory.add(Schema.regionLift, of: file)
    lifts.entries = ColumnBlocks(blocks, count: count, width: LiftEntry.width, pageSize: file.pageSize)
    guard lifts.entries != nil else { throw SnapshotError(.wrongBlockSize, table: Schema.regionLift) }
    lifts.count = count
    return lifts
  }

  /// The lift of `item`; 1 where it has no entry.
  subscript(item: UInt32) -> Float {
    guard let entries else { return 1 }
    var (low, high) = (0 as UInt32, count)
    while low < high {
      let middle = (low &+ high) / 2
      let entry = entries.u32(middle)
      let found = LiftEntry.item(entry)
      if found == item { return LiftEntry.lift(entry) }
      if found < item { low = middle &+ 1 } else { high = middle }
    }
    return 1
  }
}
