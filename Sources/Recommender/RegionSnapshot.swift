import Bytes
import SQLiteReader
import SnapshotFormat

/// An open region file.
public final class RegionSnapshot {
  public let code: ByteView
  /// The region next in size, whose lists serve where this one's end; nil below the world.
  public let parent: ByteView?
  public let people: UInt32
  /// The region opened after this one.
  public internal(set) var next: RegionSnapshot?
  private let topLists: Table

  init(_ file: SnapshotFile) throws(SnapshotError) {
    let meta = file.meta
    code = try meta.text(MetaKey.region)
    parent = try meta.optionalText(MetaKey.parent)
    people = try meta.number(MetaKey.people)
    topLists = try file.table(Schema.topList)
  }

  /// How many times as much the region likes `item` as everybody does.
  func lift(of item: UInt32) -> Float { 1 }

  func topList(_ row: Int64) -> ByteView { topLists.list(row) }
}

/// An open text file: what rendered answers show of an item.
public final class TextSnapshot {
  private let texts: Table

  init(_ file: SnapshotFile) throws(SnapshotError) {
    texts = try file.table(Schema.itemText)
  }

  public func title(_ item: UInt32) -> ByteView { texts.text(Int64(item), column: 1) }
  public func url(_ item: UInt32) -> ByteView { texts.text(Int64(item), column: 2) }
  public func image(_ item: UInt32) -> ByteView { texts.text(Int64(item), column: 3) }
}
