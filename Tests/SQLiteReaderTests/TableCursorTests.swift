import Bytes
import SQLiteReader
import Testing

struct TableCursorTests {
  private let file: SQLiteFile

  /// Rowids 10, 20 … 20000, some deleted; some values on overflow pages; a tree of several levels.
  init() throws {
    file = try SQLiteFile(
      pageSize: 512, "CREATE TABLE items(a, b)",
      numbers(2000) + "INSERT INTO items(rowid, a, b) SELECT 10 * i, 'item ' || i, zeroblob(i % 97 * 11) FROM n",
      "DELETE FROM items WHERE rowid % 70 = 0")
  }

  private func cursor() throws -> TableCursor {
    try #require(try Database(file.view).table("items")).cursor()
  }

  @Test func everyRow() throws {
    let expected = try file.rows("SELECT rowid, a, b FROM items ORDER BY rowid")
    var cursor = try cursor()
    for _ in 0..<2 {  // a second walk of the same cursor starts again
      var found: [[StoredValue]] = []
      var isThere = try cursor.first()
      while isThere {
        found.append([.integer(cursor.rowid)] + (try values(cursor.record())))
        isThere = try cursor.next()
      }
      #expect(found == expected)
      #expect(cursor.isValid == false)
      #expect(try !cursor.next())
    }
  }

  @Test func seek() throws {
    let rowids = try file.rows("SELECT rowid FROM items").map { row -> Int64 in
      guard case .integer(let rowid) = row[0] else { return 0 }
      return rowid
    }
    let present = Set(rowids)
    var cursor = try cursor()
    for rowid in Int64(0)...20020 where rowid % 10 < 2 {
      #expect(try cursor.seek(rowid: rowid) == present.contains(rowid))
      #expect(cursor.isValid == present.contains(rowid))
      let following = rowids.first { $0 >= rowid }
      #expect(try cursor.seek(atOrAfter: rowid) == (following != nil))
      if let following { #expect(cursor.rowid == following) }
    }
    #expect(try cursor.seek(atOrAfter: .min))
    #expect(cursor.rowid == 10)
    #expect(try !cursor.seek(atOrAfter: .max))
  }

  /// Asking again for a row on overflow pages must not count as reading more of the file.
  @Test func recordIsThereAsOftenAsAsked() throws {
    var cursor = try cursor()
    #expect(try cursor.seek(rowid: 960))
    #expect(cursor.isInPlace == false)
    let first = try values(cursor.record())
    for _ in 0..<10_000 { _ = try cursor.record() }
    #expect(try values(cursor.record()) == first)
  }

  @Test func emptyTable() throws {
    let file = try SQLiteFile("CREATE TABLE t(a)")
    var cursor = try #require(try Database(file.view).table("t")).cursor()
    #expect(try !cursor.first())
    #expect(try !cursor.next())
    #expect(try !cursor.seek(rowid: 1))
    #expect(try !cursor.seek(atOrAfter: .min))
  }
}
