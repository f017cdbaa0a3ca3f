import Bytes
import SQLiteReader
import SnapshotFormat

/// A column of a base file, its blocks' addresses resolved once: a value is then a division and a load away, where
/// a b-tree seek costs a hundred times as much.
struct ColumnBlocks {
  private let blocks: [ByteView]
  private let itemsPerBlock: UInt32
  private let width: Int

  /// Checks that the blocks hold `count` values of the column's width, no more and no less.
  init(_ column: Column, of file: SnapshotFile, count: UInt32, dimensions: Int) throws(SnapshotError) {
    width = column.width(dimensions: dimensions)
    let perBlock = BlockSize.itemsPerBlock(pageSize: file.pageSize, width: width)
    itemsPerBlock = UInt32(perBlock)
    blocks = try file.blocks(of: column.table)
    var rest = UInt64(count)
    for block in blocks {
      let expected = min(rest, UInt64(perBlock))
      guard expected > 0, UInt64(block.count) == expected &* UInt64(width) else {
        throw SnapshotError(.wrongBlockSize, table: column.table)
      }
      rest -= expected
    }
    guard rest == 0 else { throw SnapshotError(.wrongBlockSize, table: column.table) }
  }

  /// The bytes of the value of `item`, which is below the column's count.
  @inline(__always)
  func value(_ item: UInt32) -> (block: ByteView, offset: Int) {
    let block = item / itemsPerBlock
    return (blocks[Int(block)], Int(item &- block &* itemsPerBlock) &* width)
  }

  @inline(__always)
  func u8(_ item: UInt32) -> UInt8 {
    let (block, offset) = value(item)
    return block[offset]
  }

  @inline(__always)
  func u16(_ item: UInt32) -> UInt16 {
    let (block, offset) = value(item)
    return block.u16le(offset)
  }

  @inline(__always)
  func u32(_ item: UInt32) -> UInt32 {
    let (block, offset) = value(item)
    return block.u32le(offset)
  }

  @inline(__always)
  func row(_ item: UInt32) -> ByteView {
    let (block, offset) = value(item)
    // Inside by construction: the block's size was checked at open.
    return block.slice(offset, width) ?? .empty
  }
}

/// A heap of a base file: entries of variable length under a `HeapAddress`.
struct HeapBlocks {
  private let blocks: [ByteView]

  init(_ heap: Heap, of file: SnapshotFile) throws(SnapshotError) {
    blocks = try file.blocks(of: heap.table)
  }

  /// The bytes from the entry's start to the end of its block, or nil where there is no such place.
  @inline(__always)
  func entry(_ address: HeapAddress) -> ByteView? {
    guard address.block < blocks.count else { return nil }
    let block = blocks[address.block]
    return block.slice(address.offset, block.count &- address.offset)
  }
}
