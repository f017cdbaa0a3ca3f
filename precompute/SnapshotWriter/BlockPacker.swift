import Foundation
import SnapshotFormat

/// Cuts a column of fixed-width values into the blocks of its table.
struct ColumnPacker {
  private(set) var blocks: [Data] = []
  private let blockBytes: Int

  init(_ column: Column, dimensions: Int = 0, pageSize: Int) {
    self.init(width: column.width(dimensions: dimensions), pageSize: pageSize)
  }

  init(width: Int, pageSize: Int) {
    blockBytes = BlockSize.itemsPerBlock(pageSize: pageSize, width: width) * width
  }

  mutating func append(_ bytes: some Sequence<UInt8>) {
    if blocks.isEmpty || blocks[blocks.count - 1].count == blockBytes { blocks.append(Data()) }
    blocks[blocks.count - 1].append(contentsOf: bytes)
  }

  mutating func append<T: FixedWidthInteger>(_ value: T) {
    withUnsafeBytes(of: value.littleEndian) { append($0) }
  }
}

/// Packs entries of variable length into the blocks of a heap table, each whole inside one block.
struct HeapPacker {
  private(set) var blocks: [Data] = []
  private let blockBytes: Int

  init(pageSize: Int) { blockBytes = BlockSize.bytes(pageSize: pageSize) }

  mutating func append(_ entry: [UInt8]) throws -> HeapAddress {
    precondition(entry.count <= blockBytes, "an entry fits a block")
    if blocks.isEmpty || blocks[blocks.count - 1].count + entry.count > blockBytes { blocks.append(Data()) }
    guard blocks.count < 0xFFFF else {
      throw SnapshotWriterError.tooMany(what: "heap blocks", count: blocks.count, most: 0xFFFE)
    }
    let address = HeapAddress(block: blocks.count - 1, offset: blocks[blocks.count - 1].count)
    blocks[blocks.count - 1].append(contentsOf: entry)
    return address
  }
}
