import Bytes
import SQLiteReader
import Testing

struct DatabaseTests {
  private let file: SQLiteFile

  init() throws {
    file = try SQLiteFile(
      pageSize: 512, "CREATE TABLE Items(a UNIQUE, b TEXT COLLATE NOCASE)", "CREATE INDEX by_b ON items(b)",
      "CREATE TABLE pairs(a, b, PRIMARY KEY (a DESC)) WITHOUT ROWID",
      "CREATE TABLE described(description, asc_desc, PRIMARY KEY (description)) WITHOUT ROWID",
      "CREATE TABLE long(\((0..<100).map { "column_\($0)" }.joined(separator: ", ")))",
      "CREATE VIEW v AS SELECT * FROM items", "CREATE TRIGGER r AFTER INSERT ON items BEGIN SELECT 1; END")
  }

  @Test func schema() throws {
    let database = try Database(file.view)
    var cursor = database.schema()
    var found: [[StoredValue]] = []
    while let entry = try cursor.next() {
      found.append([
        .text(Array("\(entry.kind)".utf8)), .text(array(entry.name)), .text(array(entry.tableName)),
        .integer(Int64(entry.rootPage)), .text(array(entry.sql)),
      ])
    }
    #expect(
      found
        == (try file.rows(
          "SELECT type, name, tbl_name, rootpage, coalesce(sql, '') FROM sqlite_schema ORDER BY rowid")))
  }

  @Test func names() throws {
    let database = try Database(file.view)
    #expect(try database.table("iTEMS") != nil)
    #expect(try database.table("item") == nil)
    #expect(try database.table("by_b") == nil)
    #expect(try database.table("v") == nil)
    #expect(try database.index(named: "items") == nil)
    #expect(try database.index(named: "BY_B") != nil)
    #expect(try database.index(named: "sqlite_autoindex_Items_1") != nil)
  }

  @Test func theOtherKindOfTable() throws {
    let database = try Database(file.view)
    for open in [{ _ = try database.table("pairs") }, { _ = try database.tableWithoutRowid("items") }] {
      let error = #expect(throws: SQLiteError.self) { try open() }
      #expect(error?.kind == .wrongTree)
    }
  }

  /// What the schema says about the order counts wherever it stands; words that only contain it do not.
  @Test func keyOrder() throws {
    let database = try Database(file.view)
    #expect(try database.index(named: "by_b")?.order == nil)
    #expect(try database.index(named: "sqlite_autoindex_Items_1")?.order == nil)
    #expect(try database.tableWithoutRowid("pairs")?.order == nil)
    #expect(try database.tableWithoutRowid("described")?.order != nil)
  }
}
