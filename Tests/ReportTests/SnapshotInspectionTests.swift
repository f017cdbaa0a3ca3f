import Foundation
import GRDB
import Report
import SnapshotFormat
import TestSupport
import Testing

@Suite struct SnapshotInspectionTests {
  let shop = BuiltShop.planted

  @Test func bytesAreThoseOfTheFile() throws {
    for file in shop.manifest.files {
      let inspection = try SnapshotInspection(path: shop.folder.path("out/\(file.name)"))
      #expect(inspection.bytes == file.bytes && inspection.formatVersion == 1)
      #expect(inspection.tables.reduce(0) { $0 + $1.bytes } == file.bytes, "every page belongs to something")
      #expect(inspection.tables.allSatisfy { $0.usedBytes <= $0.bytes })
      #expect(inspection.meta["kind"] == file.kind && inspection.meta["generation"] == shop.manifest.generation)
    }
  }

  @Test func theBaseTellsWhatTheBudgetBought() throws {
    let inspection = try SnapshotInspection(path: shop.path(.base))
    let rows = Dictionary(uniqueKeysWithValues: inspection.tables.map { ($0.name, $0.rows) })
    #expect(rows["category"] == shop.models.attributes.categories.count)
    #expect(rows["brand"] == shop.models.attributes.brands.count)
    #expect(rows["item_salt"] == 2, "one of the colliding ids, and the one whose hash is 0")
    let bought = shop.snapshot.bought
    #expect(inspection.text.contains("\(bought.entriesKept) of \(bought.entriesWanted) entries, 100.0 %"))
    #expect(inspection.text.contains("\(bought.dimensions) of \(bought.dimensionsWanted) dimensions"))
    let json = try JSONSerialization.jsonObject(with: Data(try inspection.json.utf8)) as? [String: Any]
    #expect(json?["page_size"] as? Int == inspection.pageSize)
    #expect((json?["tables"] as? [[String: Any]])?.count == inspection.tables.count)
  }

  @Test func aRegionTellsItsPeople() throws {
    #expect(try SnapshotInspection(path: shop.path(.region, region: "isles")).text.contains("isles, 45 people"))
  }

  @Test func otherFilesAreRefused() throws {
    let folder = try TemporaryFolder()
    #expect(throws: (any Error).self) { try SnapshotInspection(path: folder.path("none")) }
    #expect(throws: (any Error).self) { try SnapshotInspection(path: try folder.write("no database", to: "text")) }
    let queue = try DatabaseQueue(path: folder.path("other.sqlite"))
    try queue.write { try $0.execute(sql: "CREATE TABLE t (x)") }
    try queue.close()
    #expect(throws: SnapshotInspection.NotASnapshot.self) { try SnapshotInspection(path: folder.path("other.sqlite")) }
  }

  /// Inspection is where one looks when something is wrong.
  @Test func emptyValuesAreNoTrap() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("edited.sqlite")
    try FileManager.default.copyItem(atPath: shop.path(.base), toPath: path)
    let queue = try DatabaseQueue(path: path)
    try queue.write { try $0.execute(sql: "UPDATE meta SET value = NULL WHERE key = 'budget'") }
    try queue.close()
    #expect(try SnapshotInspection(path: path).text.contains("budget        ? bytes"))
  }

  @Test func tablesLineUp() {
    let table = TextTable(header: ["a", "num"], alignments: [.left, .right], rows: [["long", "1"], ["é", "1000"]])
    #expect(table.lines == ["a      num", "----  ----", "long     1", "é     1000"])
  }
}
