import SnapshotFormat

/// Views that decode blocks in plain SQL, so that `sqlite3 base.sqlite 'SELECT * FROM items LIMIT 5'` shows what is there.
/// They are for reading by people; the scorer does not use them.
enum ReadableViews {
  /// The unsigned little-endian number of `width` bytes at `offset` (an SQL expression) of a BLOB.
  static func number(_ blob: String, _ offset: String, width: Int) -> String {
    (0..<width).map { byte in
      let hex = "hex(substr(\(blob), \(offset) + \(byte + 1), 1))"
      let digits = (1...2).map { "(instr('0123456789ABCDEF', substr(\(hex), \($0), 1)) - 1)" }
      return "((\(digits[0]) << 4 | \(digits[1])) << \(8 * byte))"
    }.joined(separator: " | ")
  }

  /// `top_list` a row an entry. `list` 0 is over all items, c + 1 over category c; score is the share of the best, 0...1.
  static var topItems: String {
    """
    CREATE VIEW top_items (list, rank, item, score) AS
    WITH RECURSIVE entry (list, rank, bytes) AS (
      SELECT id, 1, list FROM top_list WHERE length(list) > 0
      UNION ALL SELECT list, rank + 1, substr(bytes, \(TopList.entryWidth + 1)) FROM entry
      WHERE length(bytes) > \(TopList.entryWidth))
    SELECT list, rank, \(number("bytes", "0", width: 4)), (\(number("bytes", "4", width: 2))) / 65535.0
    FROM entry ORDER BY list, rank
    """
  }

  /// `segment.evidence` a row a feature; weight is ln(segment's share / everybody's share). The topics' names stand here alone: the
  /// scorer does not need them, and a table would take a page.
  static func segmentFeatures(topics: [String]) -> String {
    let value = number("segment.evidence", "2 * n.i", width: 2)
    let names = SegmentEvidence.features.map { "\($0)" } + topics.map { $0.replacing("'", with: "''") }
    let cases = names.enumerated().map { "WHEN \($0) THEN '\($1)'" }.joined(separator: " ")
    return """
      CREATE VIEW segment_features (segment, feature, weight) AS
      WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < \(names.count))
      SELECT segment.code, CASE n.i \(cases) END,
        (((\(value)) + 32768) % 65536 - 32768) / \(SegmentEvidence.unit).0
      FROM segment, n ORDER BY segment.id, n.i
      """
  }

  /// `recipe` in words; adjustments are counted.
  static var recipes: String {
    func byte(_ offset: Int) -> String { "(\(number("recipe", "\(offset)", width: 1)))" }
    func short(_ offset: Int) -> String { "(\(number("recipe", "\(offset)", width: 2)))" }
    return """
      CREATE VIEW recipes (context, n, excludes, only_category, one_per_group, diversity, max_per_category, max_per_brand,
        price_from, price_to, adjustments) AS
      SELECT name, \(byte(0)), trim(iif(\(byte(1)) & 1, 'bought ', '') || iif(\(byte(1)) & 2, 'cart ', '')
          || iif(\(byte(1)) & 4, 'seen', '')),
        \(byte(2)) & 1, \(byte(2)) >> 1 & 1, \(byte(3)) / 100.0, nullif(\(byte(4)), 0), nullif(\(byte(5)), 0),
        nullif(\(short(6)), 0) / 100.0, nullif(\(short(8)), 0) / 100.0,
        (length(recipe) - \(Recipe.width)) / \(Adjustment.width)
      FROM recipe
      """
  }

  /// What each rule asks and does, in words; the compiled table is for the scorer.
  static let rules = "CREATE VIEW rules (rule, meaning, offer) AS SELECT name, meaning, offer FROM rule ORDER BY id"

  /// `region_lift` a row an entry.
  static var lifts: String {
    """
    CREATE VIEW lifts (item, lift) AS
    WITH RECURSIVE entry (word, bytes) AS (
      SELECT NULL, data FROM region_lift
      UNION ALL SELECT \(number("bytes", "0", width: LiftEntry.width)), substr(bytes, \(LiftEntry.width + 1)) FROM entry
      WHERE length(bytes) > 0)
    SELECT word >> 8, (word & 255) * (word & 255) / 4096.0 FROM entry WHERE word IS NOT NULL ORDER BY word
    """
  }

  static var region: [String] { [topItems, lifts] }

  static func base(_ contents: BaseContents) -> [String] {
    func column(_ column: Column) -> String { self.column(column, contents) }
    let heap = Heap.ids.table
    let items = """
      CREATE VIEW items (item, id, category, brand, price, confidence) AS
      WITH RECURSIVE n (item) AS (
        SELECT 0 UNION ALL SELECT item + 1 FROM n WHERE item + 1 < (SELECT value FROM meta WHERE key = 'items')),
      addressed AS (SELECT n.item, \(column(.id)) AS address FROM n)
      SELECT n.item,
        (SELECT CAST(substr(data, (address & 65535) + 2, \(number("data", "(address & 65535)", width: 1))) AS TEXT)
         FROM \(heap) WHERE block = address >> 16),
        (SELECT name FROM category WHERE id = \(column(.category))),
        (SELECT name FROM brand WHERE id = \(column(.brand))),
        nullif(\(column(.price)), 4294967295) / 100.0,
        \(column(.confidence)) / 255.0
      FROM addressed AS n
      """
    return [topItems, items]
      + numberLists("tagged (item, tag)", .tags, .tags, names: (Schema.tag, "name"), contents)
      + numberLists("sold (item, region)", .regions, .regions, names: (Schema.region, "code"), contents)
  }

  /// An item's tags, or the regions where it is sold, a row for each; none where the base has no such column.
  private static func numberLists(
    _ view: String, _ column: Column, _ heap: Heap, names: (table: StaticString, column: String),
    _ contents: BaseContents
  ) -> [String] {
    guard contents.columns.contains(where: { "\($0.table)" == "\(column.table)" }) else { return [] }
    return [
      """
      CREATE VIEW \(view) AS
      WITH RECURSIVE n (item) AS (
        SELECT 0 UNION ALL SELECT item + 1 FROM n WHERE item + 1 < (SELECT value FROM meta WHERE key = 'items')),
      addressed AS (SELECT n.item, \(self.column(column, contents)) AS address FROM n),
      list (item, data, place) AS (
        SELECT n.item, data, address & 65535 FROM addressed AS n JOIN \(heap.table) ON block = address >> 16),
      entry (item, data, place, rest) AS (
        SELECT item, data, place + 1, \(number("data", "place", width: 1)) FROM list
        UNION ALL SELECT item, data, place + 2, rest - 1 FROM entry WHERE rest > 1)
      SELECT entry.item, name.\(names.column) FROM entry
      JOIN \(names.table) AS name ON name.id = (\(number("data", "place", width: 2)))
      WHERE rest > 0 ORDER BY entry.item, name.id
      """
    ]
  }

  /// The value of `n.item` in a column.
  private static func column(_ column: Column, _ contents: BaseContents) -> String {
    let width = column.width(dimensions: 0)
    let perBlock = BlockSize.itemsPerBlock(pageSize: contents.pageSize, width: width)
    let value = number("data", "n.item % \(perBlock) * \(width)", width: width)
    return "(SELECT \(value) FROM \(column.table) WHERE block = n.item / \(perBlock))"
  }
}
