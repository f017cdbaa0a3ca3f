import Bytes
import SQLiteReader
import Testing

struct TableTests {
  @Test func blobInPlace() throws {
    // The most that stays on one page of 64 KB beside a rowid of one byte, as the snapshot's column blocks do.
    let file = try SQLiteFile(
      pageSize: 65536, "CREATE TABLE blocks(number INTEGER PRIMARY KEY, block BLOB)",
      "INSERT INTO blocks VALUES (1, zeroblob(65496)), (2, x'0102'), (3, zeroblob(65497)), (4, 'text'), (5, NULL)")
    let table = try #require(try Database(file.view).table("blocks"))
    let block = try #require(try table.blob(rowid: 1, column: 1))
    #expect(block.count == 65496)
    #expect(block.start > file.view.start && block.start < file.view.start + file.view.count)
    #expect(try table.blob(rowid: 2, column: 1).map(array) == [1, 2])
    #expect(try table.blob(rowid: 6, column: 1).map(array) == nil)
    for (rowid, column, kind) in [
      (3, 1, .notInPlace), (4, 1, .notABlob), (5, 1, .notABlob), (2, 0, .notABlob),
      (2, 2, .notABlob),
    ] as [(Int64, Int, SQLiteError.Kind)] {
      let error = #expect(throws: SQLiteError.self) { try table.blob(rowid: rowid, column: column) }
      #expect(error?.kind == kind)
    }
  }
}
