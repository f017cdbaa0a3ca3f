import Bytes
import Foundation
import GRDB
import Models
import Recommender
import SnapshotFormat
import SnapshotWriter
import TestSupport
import Testing

/// What went in comes out: through the scorer's reader, and through SQL.
@Suite struct ReadBackTests {
  let shop = BuiltShop.planted

  @Test func itemsHaveTheirIdsCategoriesAndPrices() throws {
    let recommender = try shop.recommender()
    let base = try recommender.requireBase()
    let models = shop.models
    #expect(Int(base.items) == models.itemIDs.count)
    #expect(Int(base.shown) == models.isShown.filter { $0 }.count)
    for (index, id) in models.itemIDs.enumerated() {
      let item = try #require(base.item(id), "\(id)")
      #expect(base.id(item).string == id)
      #expect((item < base.shown) == models.isShown[index])
      #expect(base.price(of: item) == models.catalogue.items[index].price)
      let category = models.attributes.categoryOfItem[index]
      let path = category == ItemAttributes.none ? nil : models.attributes.categories[Int(category)].path
      #expect(base.category(of: item).map { base.categoryName($0).string } == path)
      if let path { #expect(path.withView { base.category(named: $0) } == base.category(of: item)) }
    }
    #expect(base.item("0-12") == nil && base.item("") == nil && base.item("sku-149013692c") == nil)
  }

  @Test func tagsBrandsGroupsAndRegionsOfSale() throws {
    let recommender = try shop.recommender()
    let base = try recommender.requireBase()
    var tagged: Set<String> = []
    for item in 0..<base.items {
      let list = base.tags(of: item)
      for index in 0..<NumberList.count(list) {
        let tag = NumberList.number(list, index)
        let name = base.tagName(tag).string
        tagged.insert("\(item) \(name)")
        #expect(name.withView { base.tag(named: $0) } == tag && base.isItem(item, AttributeKey(.tag, UInt32(tag))))
      }
      if let brand = base.brand(of: item) {
        #expect(base.brand(named: base.brandName(brand)) == brand)
        #expect(base.isItem(item, AttributeKey(.brand, UInt32(brand))))
        #expect(!base.isItem(item, AttributeKey(.brand, UInt32(brand) + 1)))
      }
      #expect(base.isItem(item, AttributeKey(.any)) && base.isItem(item, AttributeKey(.item, item)))
    }
    let ids = try shop.idsByNumber()
    let expected = ids.indices.flatMap { item in
      let index = shop.models.itemIDs.firstIndex(of: ids[item])!
      return shop.models.catalogue.items[index].tags.map { "\(item) \($0)" }
    }
    #expect(tagged == Set(expected) && expected.contains { $0.hasSuffix(" color=green") })
    let view = try shop.rows(.base, "SELECT item, tag FROM tagged")
    #expect(view.count == tagged.count && Set(view.map { "\($0[0] as Int) \($0[1] as String)" }) == tagged)

    let variants = PlantedShop.variants.map { base.item($0)! }
    #expect(variants.allSatisfy { base.group(of: $0) == variants.min() })
    let grouped = (0..<base.items).count { base.group(of: $0) != nil }
    #expect(grouped == variants.count, "a group of one is none")
    let sold = try shop.rows(.base, "SELECT item, region FROM sold")
    let regions = ["isle-a", "isle-b", "isles", "north", "south"]
    #expect(sold.map { ids[$0[0] as Int] } == regions.map { _ in PlantedShop.soldApart })
    #expect(sold.map { $0[1] as String } == regions)
  }

  @Test func idsWhoseHashesMeetAreToldApart() throws {
    let recommender = try shop.recommender()
    let base = try recommender.requireBase()
    let hashes = PlantedShop.colliding.map { $0.withView { hash32($0) } }
    #expect(hashes[0] == hashes[1])
    #expect(PlantedShop.nameless.withView { hash32($0) } == 0)
    let names = (PlantedShop.colliding + [PlantedShop.nameless]).map { id in id.withView { base.name(ofID: $0) } }
    #expect(Set(names).count == 3 && !names.contains(0))
    for (id, name) in zip(PlantedShop.colliding + [PlantedShop.nameless], names) {
      #expect(base.item(name: name).map { base.id($0).string } == id)
    }
  }

  @Test func trafficOrdersTheNumbers() throws {
    let recommender = try shop.recommender()
    let base = try recommender.requireBase()
    let traffic = Dictionary(uniqueKeysWithValues: zip(shop.models.itemIDs, shop.models.popularity.itemPopularity))
    for range in [0..<base.shown, base.shown..<base.items] {
      let values = range.map { traffic[base.id($0).string]! }
      #expect(zip(values, values.dropFirst()).allSatisfy { $0 >= $1 })
    }
  }

  @Test func textsAreThoseOfTheCatalogue() throws {
    let recommender = try shop.recommender()
    let (base, text) = (try recommender.requireBase(), try recommender.requireText())
    for (index, id) in shop.models.itemIDs.enumerated() {
      let item = try #require(base.item(id))
      let expected = shop.models.catalogue.items[index]
      let texts = try #require(text.texts(of: item))
      #expect(texts.title.string == expected.title && texts.url.string == expected.url && texts.image.isEmpty)
    }
  }

  @Test func sqliteReadsTheSameThroughTheViews() throws {
    let rows = try shop.rows(.base, "SELECT item, id, category, brand, round(price * 100), confidence FROM items")
    let models = shop.models
    #expect(rows.count == models.itemIDs.count)
    let index = Dictionary(uniqueKeysWithValues: zip(models.itemIDs, 0...))
    for row in rows {
      let known = try #require(index[row["id"] as String? ?? ""])
      let item = models.catalogue.items[known]
      #expect((row[2] as String? ?? "") == item.category && (row[3] as String? ?? "") == item.brand)
      #expect((row[4] as Double?).map { UInt32($0) } == item.price)
      let sessions = Double(models.sessionsOfItem[known])
      #expect(abs((row[5] as Double? ?? -1) - sessions / (sessions + 10)) <= 0.5 / 255 + 1e-6)
    }
  }

  @Test func topListsAreTheModelsRankings() throws {
    let ids = try shop.idsByNumber()
    for (scope, node) in shop.models.regions.scopes.enumerated() {
      let rows = try shop.rows(
        scope == 0 ? .base : .region, region: scope == 0 ? nil : node.name,
        "SELECT list, rank, item, score FROM top_items ORDER BY list, rank")
      let found = Dictionary(grouping: rows) { $0[0] as Int }
      let expected = shop.models.popularity.lists.filter { $0.scope == scope }
      #expect(found.count == expected.count)
      for list in expected {
        let entries = found[list.category.map { Int($0) + 1 } ?? 0] ?? []
        #expect(entries.map { ids[$0[2] as Int] } == list.items.map { shop.models.itemIDs[Int($0)] })
        for (entry, score) in zip(entries, list.scores) {
          #expect(abs((entry[3] as Double) - Double(score) / Double(list.scores[0])) <= 0.51 / 65535)
        }
      }
    }
  }

  /// Item lists and factor rows, decoded here from the SQL blobs by the addresses in their columns.
  @Test func liftsAreTheModelsThroughScorerAndView() throws {
    let recommender = try shop.recommender()
    let base = try recommender.requireBase()
    let index = Dictionary(uniqueKeysWithValues: zip(shop.models.itemIDs, 0...))
    var region = recommender.snapshots.regions
    var entries = 0
    while let open = region {
      let code = open.code.string
      let scope = try #require(shop.models.regions.scopes.firstIndex { $0.name == code })
      let lifts = Dictionary(uniqueKeysWithValues: shop.models.regionLift.rows[scope].map { (Int($0.item), $0.lift) })
      for item in 0..<base.items {
        let lift = lifts[try #require(index[base.id(item).string])]
        #expect(abs(open.lift(of: item) - (lift ?? 1)) <= (lift ?? 0).squareRoot() / 32)
      }
      #expect(open.lift(of: .max) == 1)
      let view = try shop.rows(.region, region: code, "SELECT item, lift FROM lifts ORDER BY item")
      #expect(view.count == lifts.count)
      for row in view { #expect(row[1] as Double == Double(open.lift(of: row[0] as UInt32))) }
      entries += view.count
      region = open.next
    }
    #expect(entries > 0)
  }

  @Test func listsAndFactorsAreTheModels() throws {
    let ids = try shop.idsByNumber()
    let index = Dictionary(uniqueKeysWithValues: zip(shop.models.itemIDs, 0...))
    for (column, heap, lists) in [
      (SnapshotFormat.Column.next, Heap.nextLists, shop.models.next), (.together, .togetherLists, shop.models.together),
    ] {
      let addresses = try shop.column(column)
      let blocks = try shop.blobs("\(heap.table)")
      for (number, id) in ids.enumerated() {
        let address = HeapAddress(rawValue: addresses.withView { $0.u32le(4 * number) })
        let expected = lists.row(index[id]!).map { (lists.items[$0], lists.scores[$0]) }
          .filter { shop.models.isShown[Int($0.0)] }
        #expect((address == .none) == expected.isEmpty)
        guard address != .none else { continue }
        let scores = Dictionary(uniqueKeysWithValues: expected.map { (shop.models.itemIDs[Int($0.0)], $0.1) })
        let largest = expected.map(\.1).max() ?? 0
        var read = 0
        Array(blocks[address.block].dropFirst(address.offset)).withView { view in
          var list = ItemList.Iterator(view)
          while let entry = list.nextEntry() {
            read += 1
            let score = scores[ids[Int(entry.item)]] ?? .nan
            #expect(abs(entry.weight - max(score, largest / 255)) <= largest * (0.51 / 255 + 1 / 256))
          }
        }
        #expect(read == expected.count, "the budget is ample")
      }
    }
    let factors = try #require(shop.models.factors)
    let rows = try shop.column(.factor)
    let width = FactorRow.width(dimensions: factors.dimensions)
    for (number, id) in ids.enumerated() {
      let row = Array(rows[number * width..<(number + 1) * width])
      #expect(row.withView { FactorRow.scale($0) } == factors.scales[index[id]!])
      let values = factors.values[index[id]! * factors.dimensions..<(index[id]! + 1) * factors.dimensions]
      #expect(row.dropFirst(4).map { Int8(bitPattern: $0) } == Array(values))
    }
  }

  @Test func everyFileIsSound() throws {
    for file in shop.manifest.files {
      let queue = try DatabaseQueue(path: shop.folder.path("out/\(file.name)"))
      #expect(try queue.read { try String.fetchAll($0, sql: "PRAGMA integrity_check") } == ["ok"])
      #expect(
        try queue.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM dbstat WHERE pagetype = 'overflow'") } == 0)
      try queue.close()
    }
  }

  @Test func regionsAreServedByTheirOwnListsOrTheirParents() throws {
    let served = shop.manifest.regions
    #expect(
      served == [
        "north": "north", "south": "south", "isles": "isles", "isle-a": "isles", "isle-b": "isles", "hamlet": "world",
      ])
    let rows = try shop.rows(.base, "SELECT code, served_by, people FROM region")
    #expect(Dictionary(uniqueKeysWithValues: rows.map { ($0[0] as String, $0[1] as String) }) == served)
    #expect(rows.first { $0[0] as String == "north" }?[2] == 140)
    #expect(rows.first { $0[0] as String == "isle-a" }?[2] == 45)
  }
}

extension BuiltShop {
  func rows(_ kind: FileKind, region: String? = nil, _ sql: String) throws -> [Row] {
    let queue = try DatabaseQueue(path: path(kind, region: region))
    defer { try? queue.close() }
    return try queue.read { try Row.fetchAll($0, sql: sql) }
  }

  func idsByNumber() throws -> [String] { try rows(.base, "SELECT id FROM items ORDER BY item").map { $0[0] } }

  func blobs(_ table: String) throws -> [[UInt8]] {
    try rows(.base, "SELECT data FROM \(table) ORDER BY block").map { [UInt8]($0[0] as Data) }
  }

  /// A column's values one after the other: blocks hold whole values.
  func column(_ column: SnapshotFormat.Column) throws -> [UInt8] { try blobs("\(column.table)").flatMap { $0 } }
}
