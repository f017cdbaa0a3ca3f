import SnapshotWriter
import TestSupport
import Testing

@Suite struct ReproducibilityTests {
  @Test func theSameInputGivesTheSameBytesAtAnyNumberOfThreads() throws {
    let first = BuiltShop.planted
    for threads in [1, 3] {
      let again = try BuiltShop(PlantedShop(), threads: threads)
      #expect(again.manifest == first.manifest)
      #expect(zip(again.files, first.files).allSatisfy { $0.bytes.view.equals($1.bytes.view) })
    }
  }

  @Test func anotherInputGivesAnotherGeneration() throws {
    #expect(try BuiltShop(PlantedShop(seed: 2)).manifest.generation != BuiltShop.planted.manifest.generation)
  }

  /// Whatever ends up in a file has to be in the generation's name: two files of one generation must not differ.
  @Test func everyChangeOfAFileChangesTheGeneration() throws {
    var shops: [PlantedShop] = []
    for change in 0..<5 {
      var shop = PlantedShop()
      switch change {
      case 0: shop.configuration.snapshot.budgetBytes = 7 << 20
      case 1: shop.configuration.weights[.search] = 0.25
      // A region of one visitor, who was there before without a region: no list changes, but who is served by what.
      case 2: shop.events = shop.events.replacing("\"region\":\"hamlet\"", with: "\"region\":\"hamlet-2\"")
      case 3: shop.catalogue = shop.catalogue.replacing("brand 2", with: "brand 3")
      default: shop.catalogue = shop.catalogue.replacing("/p/3/11", with: "/p/3/11b")
      }
      shops.append(shop)
    }
    var seen = [BuiltShop.planted.manifest.generation]
    for shop in shops {
      let built = try BuiltShop(shop)
      #expect(!seen.contains(built.manifest.generation))
      seen.append(built.manifest.generation)
    }
  }
}
