import Bytes
import Foundation
import GRDB
import SQLiteReader
import SnapshotFormat
import TestSupport
import Testing

/// Written by the real SQLite, read by the project's reader.
@Suite struct BlockSizeTests {
  @Test(arguments: [512, 1024, 2048, 4096, 8192, 16384, 32768, 65536])
  func aBlockIsTheLargestBlobThatStaysInOnePage(pageSize: Int) throws {
    let size = BlockSize.bytes(pageSize: pageSize)
    // The record's header is a byte shorter where 2 · size + 12 fits a varint of two bytes.
    let slack = 2 * size + 12 < 1 << 14 ? 1 : 0
    let file = try Self.write(blobs: [size, size + slack, size + slack + 1, size], pageSize: pageSize)
    #expect(file.inPlace == [true, true, false, true])
    #expect(file.overflowPages == 1)
  }

  @Test func columnsFillTheirBlocks() {
    for column in Column.allCases {
      for pageSize in [4096, 16384, 65536] {
        let width = column.width(dimensions: 64)
        let perBlock = BlockSize.itemsPerBlock(pageSize: pageSize, width: width)
        #expect(perBlock * width <= BlockSize.bytes(pageSize: pageSize))
        #expect((perBlock + 1) * width > BlockSize.bytes(pageSize: pageSize))
      }
    }
  }

  static func write(blobs: [Int], pageSize: Int) throws -> (inPlace: [Bool], overflowPages: Int) {
    let folder = try TemporaryFolder()
    let path = folder.path("blocks.sqlite")
    let queue = try DatabaseQueue(path: path)
    let overflowPages = try queue.writeWithoutTransaction { db in
      try db.execute(sql: "PRAGMA page_size = \(pageSize)")
      try db.execute(sql: "CREATE TABLE block (block INTEGER PRIMARY KEY, data BLOB NOT NULL)")
      for (number, size) in blobs.enumerated() {
        try db.execute(sql: "INSERT INTO block VALUES (?, ?)", arguments: [number, Data(count: size)])
      }
      return try Int.fetchOne(db, sql: "SELECT count(*) FROM dbstat WHERE name = 'block' AND pagetype = 'overflow'")
        ?? -1
    }
    try queue.close()
    let bytes = OwnedBytes(copying: [UInt8](try Data(contentsOf: URL(filePath: path))))
    let table = try #require(try SQLiteReader.Database(bytes.view).table("block"))
    var cursor = table.cursor()
    var inPlace: [Bool] = []
    var found = try cursor.first()
    while found {
      inPlace.append(cursor.isInPlace)
      found = try cursor.next()
    }
    return withExtendedLifetime(bytes) { (inPlace, overflowPages) }
  }
}
