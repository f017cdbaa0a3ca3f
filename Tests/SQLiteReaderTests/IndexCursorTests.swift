import Bytes
import SQLiteReader
import Testing

struct IndexCursorTests {
  private let file: SQLiteFile

  init() throws {
    file = try SQLiteFile(
      pageSize: 512, "CREATE TABLE items(category, price, name)",
      numbers(1500) + """
        INSERT INTO items SELECT 'category ' || (i * 7 % 40), i * 13 % 101, printf('%.*c', i % 40 * 17, 'n') || i FROM n
        """,
      "CREATE INDEX by_category ON items(category, price, name)",
      "CREATE INDEX by_price ON items(price DESC, category)",
      "CREATE TABLE pairs(a, b, score, PRIMARY KEY (b, a)) WITHOUT ROWID",
      numbers(900) + "INSERT INTO pairs SELECT i % 30, i / 30, i * 0.5 FROM n")
  }

  private var database: Database { get throws { try Database(file.view) } }

  private func walk(_ cursor: inout IndexCursor, from found: Bool) throws -> [[StoredValue]] {
    var entries: [[StoredValue]] = []
    var found = found
    while found {
      entries.append(try values(cursor.record()))
      found = try cursor.next()
    }
    return entries
  }

  @Test func everyEntry() throws {
    var cursor = try #require(try database.index(named: "by_category")).cursor()
    let entries = try walk(&cursor, from: cursor.first())
    #expect(entries.count == 1500)
    #expect(entries == (try file.rows("SELECT category, price, name, rowid FROM items ORDER BY 1, 2, 3, 4")))
    #expect(try !cursor.next())
  }

  @Test func prefix() throws {
    var cursor = try #require(try database.index(named: "by_category")).cursor()
    for number in 0..<42 {
      let bytes = lasting(Array("category \(number)".utf8))
      let key: [Value] = [.text(bytes), .integer(50)]
      let rest = try walk(&cursor, from: cursor.seek(atOrAfter: key.span))
      #expect(
        rest
          == (try file.rows(
            """
            SELECT category, price, name, rowid FROM items WHERE (category, price) >= ('category \(number)', 50)
            ORDER BY 1, 2, 3, 4
            """)))
    }
  }

  @Test func matches() throws {
    var cursor = try #require(try database.index(named: "by_category")).cursor()
    let key: [Value] = [.text(ByteView("category 7")), .real(20)]
    var rowids: [StoredValue] = []
    var found = try cursor.seek(atOrAfter: key.span)
    while found, try cursor.matches(key.span) {
      rowids.append(try #require(values(cursor.record()).last))
      found = try cursor.next()
    }
    #expect(
      rowids
        == (try file.rows(
          "SELECT rowid FROM items WHERE category = 'category 7' AND price = 20 ORDER BY name")).map { $0[0] })
  }

  /// A descending index must not be searched as if it ascended.
  @Test func descending() throws {
    let index = try #require(try database.index(named: "by_price"))
    let key: [Value] = [.integer(60)]
    var unknown = index.cursor()
    var refused: SQLiteError?
    do { _ = try unknown.seek(atOrAfter: key.span) } catch { refused = error }
    #expect(refused?.kind == .unknownKeyOrder)
    var cursor = index.cursor(order: KeyOrder(descending: 0b01))
    let rest = try walk(&cursor, from: cursor.seek(atOrAfter: key.span))
    #expect(
      rest
        == (try file.rows(
          "SELECT price, category, rowid FROM items WHERE price <= 60 ORDER BY price DESC, category, rowid")))
  }

  @Test func withoutRowid() throws {
    var cursor = try #require(try database.tableWithoutRowid("pairs")).cursor()
    let key: [Value] = [.integer(12), .integer(7)]
    #expect(try cursor.seek(atOrAfter: key.span))
    #expect(try cursor.matches(key.span))
    #expect(try values(cursor.record()) == (try file.rows("SELECT b, a, score FROM pairs WHERE b = 12 AND a = 7"))[0])
    let all = try walk(&cursor, from: cursor.first())
    #expect(all == (try file.rows("SELECT b, a, score FROM pairs ORDER BY b, a")))
  }
}
