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
  private let lifts: RegionLifts

  init(_ file: SnapshotFile) throws(SnapshotError) {
    let meta = file.meta
    code = try meta.text(MetaKey.region)
    parent = try meta.optionalText(MetaKey.parent)
    people = try meta.number(MetaKey.people)
    topLists = try file.table(Schema.topList)
    lifts = try RegionLifts.open(file)
  }

  func topList(_ row: Int64) -> ByteView { topLists.list(row) }

  /// The item's share of demand in this region divided by its share everywhere; 1 where nothing else is known.
  public func lift(of item: UInt32) -> Float { lifts[item] }
}

/// An open text file: what rendered answers show of an item.
public final class TextSnapshot {
  private let texts: Table

  init(_ file: SnapshotFile) throws(SnapshotError) {
    texts = try file.table(Schema.itemText)
  }

  /// What is said of `item`, found once for all of it.
  public func texts(of item: UInt32) -> ItemTexts? { texts.record(Int64(item)).map(ItemTexts.init) }
}

/// The texts of one item, empty where there are none.
public struct ItemTexts {
  fileprivate let record: Record

  public var title: ByteView { record.text(1) }
  public var url: ByteView { record.text(2) }
  public var image: ByteView { record.text(3) }
}
