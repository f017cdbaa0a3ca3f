import Bytes
import SQLiteReader
import SnapshotFormat

/// Where the blocks of a file's tables stand, resolved once: a value is then a division and a load away, where a
/// b-tree seek costs a hundred times as much.
struct BlockDirectory: ~Copyable {
  private var blocks: FixedArray<ByteView>

  /// Room for all blocks of `file`: a page holds one whole block at most, and a table's last block beside it.
  init(of file: SnapshotFile) {
    blocks = FixedArray(capacity: 2 &* Int(truncatingIfNeeded: file.database.header.pageCount))
  }

  /// Takes in the BLOBs of a block table in order, each in place; blocks are numbered from 0 without a gap.
  @inline(never)
  mutating func add(_ name: StaticString, of file: SnapshotFile) throws(SnapshotError) -> Blocks {
    let first = blocks.count
    // The directory's room bounds them.
    var rows = try file.rows(of: name, atMost: .max)
    while try rows.next() {
      guard rows.id == Int64(blocks.count &- first), case .blob(let data)? = try rows.value(1),
        blocks.append(data)
      else { throw SnapshotError(.badValue, table: name) }
    }
    return Blocks(start: blocks.pointer + first, count: blocks.count &- first)
  }
}

/// The blocks of one table; valid as long as their directory.
struct Blocks: BitwiseCopyable {
  let start: UnsafePointer<ByteView>
  let count: Int

  static var none: Blocks { Blocks(start: UnsafePointer(bitPattern: MemoryLayout<ByteView>.alignment)!, count: 0) }

  /// In a heap: the bytes from the entry's start to the end of its block, or nil where there is no such place.
  @inline(never)
  func entry(_ address: HeapAddress) -> ByteView? {
    guard address.block < count else { return nil }
    let block = start[address.block]
    return block.slice(address.offset, block.count &- address.offset)
  }
}

/// A column of a base file.
struct ColumnBlocks: BitwiseCopyable {
  private let start: UnsafePointer<ByteView>
  private let count: UInt32
  private let itemsPerBlock: UInt32
  private let width: UInt32
  /// ⌈2⁴⁰ / itemsPerBlock⌉: multiplied and shifted, an item number is divided exactly where count · itemsPerBlock is at most 2⁴⁰
  /// (Granlund and Montgomery 1994), in a fraction of a division's time.
  private let reciprocal: UInt64
  private static let shift: UInt64 = 40

  /// Checks that the blocks hold `count` values of `width` bytes, no more and no less.
  init?(_ blocks: Blocks, count: UInt32, width: Int, pageSize: Int) {
    let perBlock = BlockSize.itemsPerBlock(pageSize: pageSize, width: width)
    start = blocks.start
    self.count = count
    itemsPerBlock = UInt32(truncatingIfNeeded: perBlock)
    self.width = UInt32(truncatingIfNeeded: width)
    reciprocal = ((1 &<< ColumnBlocks.shift) &+ UInt64(itemsPerBlock) &- 1) / UInt64(itemsPerBlock)
    // The second, so that no product overflows: rows of a fifth of a page are that wide.
    guard UInt64(count) &* UInt64(itemsPerBlock) <= 1 &<< ColumnBlocks.shift, count <= 1 &<< 24 || perBlock > 4 else {
      return nil
    }
    var rest = Int(count)
    for index in Indices(blocks.count) {
      let expected = min(rest, perBlock)
      guard expected > 0, start[index].count == expected &* width else { return nil }
      rest &-= expected
    }
    guard rest == 0 else { return nil }
  }

  var isEmpty: Bool { count == 0 }

  /// Where the value of `item` stands. Inside its block by construction: the blocks' sizes were checked at open.
  @inline(__always)
  func address(_ item: UInt32) -> UnsafeRawPointer {
    precondition(item < count)
    let block = UInt32(truncatingIfNeeded: (UInt64(item) &* reciprocal) &>> ColumnBlocks.shift)
    return start[Int(truncatingIfNeeded: block)].start
      + Int(truncatingIfNeeded: (item &- block &* itemsPerBlock) &* width)
  }

  @inline(__always)
  func u8(_ item: UInt32) -> UInt8 { address(item).load(as: UInt8.self) }

  @inline(__always)
  func u16(_ item: UInt32) -> UInt16 { UInt16(littleEndian: address(item).loadUnaligned(as: UInt16.self)) }

  @inline(__always)
  func u32(_ item: UInt32) -> UInt32 { UInt32(littleEndian: address(item).loadUnaligned(as: UInt32.self)) }
}
