import Bytes
import Foundation
import GRDB
import Recommender
import Session
import SnapshotFormat
import TestSupport
import Testing

/// What a damaged or hostile file may do: be refused with an error that names the place, or give a poorer answer. Never a trap.
@Suite struct DamageTests {
  static let shop = RankerTests.shop
  static let tables: [StaticString] =
    SnapshotFormat.Column.allCases.map(\.table) + Heap.allCases.map(\.table) + [
      Schema.category, Schema.brand, Schema.tag, Schema.region, Schema.topList, Schema.itemSalt, Schema.eventWeight,
      Schema.positionDecay,
      Schema.blend, Schema.segment, Schema.ranker,
    ]

  @Test(arguments: tables.map { "\($0)" }) func aTableThatIsMissingIsNamed(table: String) throws {
    for sql in ["DROP TABLE \(table)", "ALTER TABLE \(table) RENAME TO renamed"] {
      let error = try Self.errorOfOpening([sql])
      #expect(error.kind == .missingTable && "\(error.table)" == table, "\(sql): \(error)")
    }
  }

  @Test(arguments: [
    "kind", "generation", "as_of", "items", "segments", "topics", "segment_margin", "shown", "slots", "dimensions",
    "categories", "brands", "tags", "groups", "sold_apart", "recipes", "regions", "session_window",
  ])
  func aKeyThatIsMissingIsNamed(key: String) throws {
    let error = try Self.errorOfOpening(["DELETE FROM meta WHERE key = '\(key)'"])
    #expect(error.kind == .missingKey && "\(error.table)" == key)
  }

  @Test(
    arguments: [
      ("UPDATE meta SET value = 'bas' WHERE key = 'kind'", .badValue, "kind"),
      ("UPDATE meta SET value = 'region' WHERE key = 'kind'", .wrongKind, "kind"),
      ("UPDATE meta SET value = -1 WHERE key = 'as_of'", .badValue, "as_of"),
      ("UPDATE meta SET value = 1 << 24 | 1 WHERE key = 'items'", .badValue, "items"),
      ("UPDATE meta SET value = 2 WHERE key = 'items'", .badValue, "shown"),
      ("UPDATE meta SET value = value + 1 WHERE key = 'items'", .wrongBlockSize, "item_id"),
      ("UPDATE meta SET value = 9223372036854775807 WHERE key = 'slots'", .badValue, "slots"),
      ("UPDATE meta SET value = value + 1 WHERE key = 'slots'", .wrongBlockSize, "item_slot"),
      ("UPDATE meta SET value = 12 WHERE key = 'dimensions'", .badValue, "dimensions"),
      ("UPDATE meta SET value = 136 WHERE key = 'dimensions'", .badValue, "dimensions"),
      ("UPDATE meta SET value = 24 WHERE key = 'dimensions'", .wrongBlockSize, "item_factor"),
      ("UPDATE item_price SET data = CAST(data || x'00' AS BLOB)", .wrongBlockSize, "item_price"),
      ("UPDATE item_price SET data = 'text'", .badValue, "item_price"),
      ("UPDATE item_price SET data = zeroblob(9000)", .database, "item_price"),
      ("UPDATE item_price SET block = 1", .badValue, "item_price"),
      ("DELETE FROM item_price", .wrongBlockSize, "item_price"),
      ("INSERT INTO item_price VALUES (1, x'')", .wrongBlockSize, "item_price"),
      ("UPDATE event_weight SET weight = -0.5 WHERE type = 1", .badValue, "event_weight"),
      ("UPDATE position_decay SET weight = 9e999 WHERE position = 3", .badValue, "position_decay"),
      ("UPDATE blend SET weight = 1001 WHERE id = 0", .badValue, "blend"),
      ("UPDATE blend SET weight = 'much' WHERE id = 0", .badValue, "blend"),
      ("UPDATE meta SET value = 33 WHERE key = 'segments'", .badValue, "segments"),
      ("UPDATE meta SET value = 32 WHERE key = 'topics'", .badValue, "topics"),
      ("UPDATE meta SET value = value + 1 WHERE key = 'topics'", .badValue, "segment"),
      ("UPDATE meta SET value = value + 1 WHERE key = 'segments'", .badValue, "segment"),
      ("UPDATE segment SET evidence = x'00'", .badValue, "segment"),
      ("DELETE FROM segment", .badValue, "segment"),
      ("UPDATE meta SET value = 65536 WHERE key = 'brands'", .badValue, "brands"),
      ("UPDATE meta SET value = 65536 WHERE key = 'tags'", .badValue, "tags"),
      ("UPDATE meta SET value = 2 WHERE key = 'groups'", .badValue, "groups"),
      ("UPDATE item_tags SET data = x'00'", .wrongBlockSize, "item_tags"),
      ("DELETE FROM item_group", .wrongBlockSize, "item_group"),
      ("UPDATE ranker SET trees = x'' WHERE kind = 0", .badValue, "ranker"),
      ("UPDATE ranker SET trees = 'trees' WHERE kind = 2", .badValue, "ranker"),
      ("UPDATE ranker SET trees = CAST(trees || x'00' AS BLOB)", .badValue, "ranker"),
      // One tree over a feature that there is not, one whose numbers are infinite, and more trees than are allowed.
      ("UPDATE ranker SET trees = CAST(x'010000002F' || zeroblob(43) AS BLOB)", .badValue, "ranker"),
      ("UPDATE ranker SET trees = CAST(x'01000000000000000000807F' || zeroblob(36) AS BLOB)", .badValue, "ranker"),
      ("UPDATE ranker SET trees = CAST(x'01010000' || zeroblob(11308) AS BLOB) WHERE kind = 1", .database, "ranker"),
      ("UPDATE item_behaviour SET data = x'00'", .wrongBlockSize, "item_behaviour"),
      ("PRAGMA application_id = 1", .notASnapshot, ""),
      ("PRAGMA user_version = 2", .unknownFormatVersion, ""),
    ] as [(String, SnapshotError.Kind, String)])
  func aWrongValueIsRefusedAndNamed(sql: String, kind: SnapshotError.Kind, table: String) throws {
    let error = try Self.errorOfOpening([sql])
    #expect(error.kind == kind && "\(error.table)" == table, "\(sql): \(error.kind) \(error.table)")
  }

  @Test func whatIsNoDatabaseIsRefused() throws {
    for bytes in [
      [], Array("SQLite format 3\0".utf8), Array(repeating: 0, count: 5_000), Self.shop.base.view.prefix(4_000).array,
    ] {
      let owned = OwnedBytes(copying: bytes)
      let error = Self.open(owned.view, as: .base).error
      #expect(error?.kind == .database)
    }
  }

  @Test func filesOpenInTheirOrderAndOnce() throws {
    let region = try #require(Self.shop.files.first { $0.kind == .region }).bytes.view
    let text = try #require(Self.shop.files.first { $0.kind == .text }).bytes.view
    let recommender = Recommender()
    func open(_ kind: FileKind, _ bytes: ByteView) -> SnapshotError.Kind? {
      do throws(SnapshotError) {
        try recommender.open(kind, bytes)
        return nil
      } catch { return error.kind }
    }
    #expect(open(.region, region) == .notNow && open(.text, text) == .notNow)
    #expect(open(.region, Self.shop.base.view) == .wrongKind && open(.base, region) == .wrongKind)
    #expect(open(.base, Self.shop.base.view) == nil && open(.base, Self.shop.base.view) == .notNow)
    #expect(open(.region, region) == nil && open(.region, region) == .notNow)
    #expect(open(.text, text) == nil && open(.text, text) == .notNow)
    let other = try Self.edited(
      ["UPDATE meta SET value = 'fedcba9876543210' WHERE key = 'generation'"], .region, region: "south")
    #expect(open(.region, other.view) == .otherGeneration)
    let regions = recommender.snapshots.regionCount
    #expect(regions == 1, "a refused file leaves what is open as it was")
    #expect(FileKind(recognising: region) == .region && FileKind(recognising: ByteView("no")) == nil)
  }

  @Test func damagedLiftsAreRefusedOrHarmless() throws {
    let recommender = Recommender()
    try recommender.open(.base, Self.shop.base.view)
    for (sql, kind, table) in [
      ("DROP TABLE region_lift", .missingTable, "region_lift"),
      ("DELETE FROM region_lift", .wrongBlockSize, "region_lift"),
      ("UPDATE region_lift SET block = 1", .badValue, "region_lift"),
      ("UPDATE meta SET value = value + 1 WHERE key = 'lifts'", .wrongBlockSize, "region_lift"),
      ("DELETE FROM meta WHERE key = 'lifts'", .missingKey, "lifts"),
    ] as [(String, SnapshotError.Kind, String)] {
      let file = try Self.edited([sql], .region, region: "south")
      var found: SnapshotError?
      do throws(SnapshotError) { try recommender.open(.region, file.view) } catch { found = error }
      #expect(found?.kind == kind && found.map { "\($0.table)" } == table, "\(sql)")
    }
    // Entries out of order: some are not found, nothing worse.
    let file = try Self.edited(
      ["UPDATE region_lift SET data = CAST(zeroblob(length(data) / 2) || randomblob(length(data) / 2) AS BLOB)"],
      .region, region: "south")
    try recommender.open(.region, file.view)
    for item in 0..<200 as Range<UInt32> { #expect(recommender.snapshots.regions!.lift(of: item).isFinite) }
  }

  /// Infinite factors whose sum is no number.
  @Test func hostileFactorsGiveAnAnswer() throws {
    for scale in ["000000FD", "FFFF7F7F", "0000807F", "0000C07F", "01000000", "FFFF7FFF"] {
      // Dimensions 127 and −127 in turn, so that infinities of both signs meet, and a one that stays finite.
      let rows = (0..<Self.shop.models.itemIDs.count).map {
        scale + ($0 % 2 == 0 ? "7F" : "81") + String(repeating: "01", count: 15)
      }
      var opened = try Self.open(["UPDATE item_factor SET data = x'\(rows.joined())'"])
      guard let recommender = opened.recommender.take() else { throw opened.error! }
      Self.ask(recommender)
      withExtendedLifetime(opened.bytes) {}
    }
  }

  @Test func damagedRecipesAreRefused() throws {
    let table = "CREATE TABLE recipe (context INTEGER PRIMARY KEY, name TEXT, recipe BLOB)"
    let count = "UPDATE meta SET value = 1 WHERE key = 'recipes'"
    for blob in ["x''", "'text'", "x'0A0302000000000000000000FF'", "x'000302000000000000000000'"] {
      let error = try Self.errorOfOpening([table, count, "INSERT INTO recipe VALUES (0, 'homepage', \(blob))"])
      #expect(error.kind == .badValue && "\(error.table)" == "recipe", "\(blob)")
    }
    let error = try Self.errorOfOpening([count])
    #expect(error.kind == .missingTable && "\(error.table)" == "recipe")
    // Adjustments of a kind that there is not end the list; keys of what there is not name nothing.
    for adjustment in [
      "0100FF7F00000002", "02FF000000000005", "03000000FFFFFF05", "0400000000000009", "FF00000000000000",
    ] {
      var opened = try Self.open([
        table, count,
        "INSERT INTO recipe SELECT value, 'any', x'0AFFFF6401010100FFFF0000\(adjustment)' FROM "
          + "(SELECT 0 AS value UNION SELECT 1 UNION SELECT 77)",
      ])
      guard let recommender = opened.recommender.take() else { throw opened.error! }
      Self.ask(recommender)
      withExtendedLifetime(opened.bytes) {}
    }
  }

  @Test func hostileWeightsGiveAnAnswer() throws {
    var opened = try Self.open([
      "UPDATE event_weight SET weight = 1000", "UPDATE position_decay SET weight = 1000",
      "UPDATE blend SET weight = 1000",
      // The largest finite scale of bfloat16, in the list that begins the heap.
      "UPDATE next_heap SET data = CAST(substr(data, 1, 1) || x'7F7F' || substr(data, 4) AS BLOB)",
    ])
    guard let recommender = opened.recommender.take() else { throw opened.error! }
    Self.ask(recommender)
    withExtendedLifetime(opened.bytes) {}
  }

  /// Random bytes, mostly where something stands; each file that still opens answers.
  @Test func noMutationTraps() throws {
    let bytes = OwnedBytes(copying: Self.shop.base.view.array)
    let occupied = (0..<bytes.capacity).filter { bytes.view[$0] != 0 }
    var random = SeededGenerator(4)
    var answered = 0
    for _ in 0..<20_000 {
      var changes: [(place: Int, byte: UInt8)] = []
      for _ in 0...random.below(6) {
        let place: Int
        switch random.below(4) {
        case 0: place = random.below(bytes.capacity)
        case 1: place = random.below(8_192)
        default: place = occupied[random.below(occupied.count)]
        }
        changes.append((place, bytes.view[place]))
        let byte =
          random.once(in: 2)
          ? UInt8(truncatingIfNeeded: random.next()) : bytes.view[place] ^ 1 << UInt8(random.below(8))
        bytes.start.storeBytes(of: byte, toByteOffset: place, as: UInt8.self)
      }
      var opened = Self.open(bytes.view, as: .base)
      if let recommender = opened.recommender.take() {
        answered += 1
        Self.ask(recommender)
      }
      for change in changes.reversed() {
        bytes.start.storeBytes(of: change.byte, toByteOffset: change.place, as: UInt8.self)
      }
    }
    #expect(answered > 5_000, "most bytes are no structure")
    #expect(bytes.view.equals(Self.shop.base.view))
  }

  // MARK: Help

  /// A file's bytes and what came of opening it.
  struct Opened: ~Copyable {
    var recommender: Recommender?
    var error: SnapshotError?
    var bytes: OwnedBytes?
  }

  static func open(_ bytes: ByteView, as kind: FileKind) -> Opened {
    let recommender = Recommender()
    do throws(SnapshotError) {
      try recommender.open(kind, bytes)
      return Opened(recommender: recommender)
    } catch { return Opened(error: error) }
  }

  /// The planted base after some SQL.
  static func open(_ statements: [String]) throws -> Opened {
    let bytes = try edited(statements, .base)
    var opened = open(bytes.view, as: .base)
    opened.bytes = bytes
    return opened
  }

  static func errorOfOpening(_ statements: [String]) throws -> SnapshotError {
    let error = try open(statements).error
    return try #require(error)
  }

  static func edited(
    _ statements: [String], _ kind: FileKind, region: String? = nil, of shop: BuiltShop = DamageTests.shop
  ) throws -> OwnedBytes {
    let folder = try TemporaryFolder()
    let path = folder.path("edited.sqlite")
    try FileManager.default.copyItem(atPath: shop.path(kind, region: region), toPath: path)
    let queue = try DatabaseQueue(path: path)
    try queue.writeWithoutTransaction { db in
      // Views would keep tables from being renamed.
      for view in try String.fetchAll(db, sql: "SELECT name FROM sqlite_schema WHERE type = 'view'") {
        try db.execute(sql: "DROP VIEW \(view)")
      }
      for statement in statements { try db.execute(sql: statement) }
    }
    try queue.close()
    return OwnedBytes(copying: [UInt8](try Data(contentsOf: URL(filePath: path))))
  }

  /// What every source takes part in. The work is bounded whatever the file says.
  static func ask(_ recommender: Recommender) {
    guard let base = recommender.snapshots.base else { return }
    for current in [nil, "0-1"] as [String?] {
      let request = Request(
        context: .product, limit: 20, current: current, category: "Toys", region: "isle-a", excluded: ["2-0"],
        session: [("0-0", .view), ("0-1", .addToCart), ("1-0", .purchase), ("cf894c5d", .view), ("52c2eda8", .view)])
      let answer = request.answer(by: recommender)
      let work = recommender.work
      #expect(answer.count <= 20 && work < 60_000)
      #expect(answer.allSatisfy { $0.item < base.shown && $0.score.isFinite })
      #expect(Set(answer.map(\.item)).count == answer.count)
    }
  }
}
