import Bytes
import Configuration
import EventLog
import Foundation
import SnapshotFormat
import SnapshotWriter
import TestSupport
import Testing

/// Ids that somebody has made up cost a build nothing but a warning.
@Suite struct ItemSelectionTests {
  static let listed = Set(PlantedShop.blocks.joined()).union(PlantedShop.never).union(PlantedShop.catalogueOnly)

  @Test func whereAllHaveRoomNothingChanges() throws {
    let log = try BuiltShop.log(PlantedShop())
    let selection = ItemSelection(log, PlantedShop().configuration)
    #expect(selection.leftOut == nil)
    #expect(selection.log.table.itemIDs == log.table.itemIDs && selection.log.table.items == log.table.items)
    let salted = zip(log.table.itemIDs, selection.log.catalogue.items).filter { $1.nameSalt > 0 }.map(\.0)
    #expect(salted.count == 2 && salted.contains(PlantedShop.nameless))
    #expect(!PlantedShop.colliding.filter(salted.contains).isEmpty)
  }

  /// Ten times what the budget has room for, once each, and one that five sessions hold.
  @Test func aFloodLeavesTheCatalogueAlone() throws {
    var shop = PlantedShop()
    shop.configuration.snapshot.budgetBytes = 300 << 10
    let quiet = try BuiltShop(shop).snapshot
    shop.view((0..<12_000).map { "made-up-\($0)" })
    for session in 0..<5 { shop.view(["whole-sale"], session: "w\(session)") }
    let selection = ItemSelection(try BuiltShop.log(shop), shop.configuration)
    let leftOut = try #require(selection.leftOut)
    let ids = Set(selection.log.table.itemIDs)
    #expect(Self.listed.isSubset(of: ids) && ids.contains("whole-sale"))
    #expect(leftOut.kept == ids.count && leftOut.kept + leftOut.count == Self.listed.count + 12_001)
    #expect(leftOut.overBudget == leftOut.count && leftOut.listed == 0 && leftOut.events == leftOut.count)
    // The quarter that they may take, at 37 bytes and their ids of some twelve.
    #expect((300...1_500).contains(leftOut.kept), "\(leftOut.kept)")
    let again = ItemSelection(selection.log, shop.configuration)
    #expect(again.leftOut == nil && again.log.table.itemIDs == selection.log.table.itemIDs)

    let built = try BuiltShop(shop)
    #expect(built.snapshot.items == leftOut.kept && built.snapshot.bought.bytes <= 300 << 10)
    let base = try built.recommender().requireBase()
    #expect(Self.listed.allSatisfy { base.item($0) != nil } && base.item("made-up-11999") == nil)
    #expect(built.snapshot.bought.dimensions == quiet.bought.dimensions)
    #expect(built.snapshot.bought.valueKept > 0.9 * quiet.bought.valueKept)
  }

  /// Without a catalogue traffic alone tells what is sold.
  @Test(arguments: [8, 240]) func withoutACatalogueThoseOfMoreSessionsStay(idBytes: Int) throws {
    var shop = RandomShop.even(items: 400).shop
    shop.configuration.snapshot.budgetBytes = 300 << 10
    shop.view((0..<9_000).map { "z\($0)" + String(repeating: "z", count: idBytes - 6) })
    let leftOut = try #require(ItemSelection(try BuiltShop.log(shop), shop.configuration).leftOut)
    #expect(leftOut.overBudget == 9_400 - leftOut.kept && leftOut.listed == 0)
    let built = try BuiltShop(shop)
    #expect(built.snapshot.items == leftOut.kept && built.snapshot.bought.entriesKept > 0)
    let base = try built.recommender().requireBase()
    #expect((0..<400).allSatisfy { base.item("i\($0)") != nil })
  }

  /// The plain hash of each of these is that of "lamp-0001" with another salt, 0 to 7.
  private static let claimants = [
    "mrg6fbq1", "mjcmxc83", "mglpth5q", "mvp2sabf", "mfdt2bvc", "md330dca", "mvu1aa7z", "m5k65aph",
  ]

  @Test func whatHasNoNameIsLeftOut() throws {
    for (salt, id) in Self.claimants.enumerated() {
      #expect(id.withView { hash32($0) } == "lamp-0001".withView { hash32($0, seed: UInt32(salt)) })
    }
    var shop = PlantedShop()
    for session in 0..<2 { shop.view(Self.claimants, session: "c\(session)") }
    shop.view(["lamp-0001"])
    let leftOut = try #require(ItemSelection(try BuiltShop.log(shop), shop.configuration).leftOut)
    #expect((leftOut.withoutName, leftOut.count, leftOut.listed, leftOut.events) == (1, 1, 0, 1))
    let base = try BuiltShop(shop).recommender().requireBase()
    #expect(base.item("lamp-0001") == nil && Self.claimants.allSatisfy { base.item($0) != nil })

    shop.catalogue += "{\"item_id\":\"lamp-0001\"}\n"
    #expect(ItemSelection(try BuiltShop.log(shop), shop.configuration).leftOut == nil)
    let mended = try BuiltShop(shop).recommender().requireBase()
    #expect((Self.claimants + ["lamp-0001"]).allSatisfy { mended.item($0) != nil })
  }

  /// Where two ids have one hash, so have they with the same letters behind both.
  @Test func thereIsAnEndOfSalts() throws {
    var shop = PlantedShop()
    let pairs = (0..<8_300).map { pair in PlantedShop.colliding.map { "\($0)-\(pair)" } }
    #expect(pairs.allSatisfy { $0[0].withView { hash32($0) } == $0[1].withView { hash32($0) } })
    shop.view(Array(pairs.joined()))
    let leftOut = try #require(ItemSelection(try BuiltShop.log(shop), shop.configuration).leftOut)
    // The shop has two of its own.
    #expect((leftOut.withoutName, leftOut.count, leftOut.listed) == (8_300 - 8_190, 8_300 - 8_190, 0))
    let built = try BuiltShop(shop)
    #expect(built.snapshot.items == leftOut.kept)
    let base = try built.recommender().requireBase()
    #expect(Self.listed.allSatisfy { base.item($0) != nil })
  }

  /// Names in two fifths of their range fill the slots there and many behind them.
  @Test func slotsSideBySideAreNotAllTaken() throws {
    var shop = PlantedShop()
    let bound = UInt32.max / 5 * 2
    let ids = (0..<20_000).map { "near-\($0)" }.filter { id in id.withView { hash32($0) } < bound }
    #expect(ids.count > 6_000)
    shop.view(Array(ids.prefix(6_000)))
    let leftOut = try #require(ItemSelection(try BuiltShop.log(shop), shop.configuration).leftOut)
    #expect(leftOut.crowded == leftOut.count && leftOut.crowded > 1_000 && leftOut.listed == 0)
    let built = try BuiltShop(shop)
    #expect(built.snapshot.items == leftOut.kept && leftOut.kept > Int(SlotIndex.probesMax) / 2)
    let base = try built.recommender().requireBase()
    #expect(Self.listed.allSatisfy { base.item($0) != nil })
  }
}

extension PlantedShop {
  /// One session that looks at each of `ids`.
  fileprivate mutating func view(_ ids: [String], session: String = "made-up") {
    for id in ids {
      events += "{\"session_id\":\"\(session)\",\"item_id\":\"\(id)\",\"event\":\"view\",\"time\":1700000000}\n"
    }
  }
}
