import EventLog
import Models
import Session
import TestSupport

/// A shop whose right answers are known by construction. Four blocks of items; a visitor walks a few items up one block and
/// then picks two more of it. The north visits blocks 0 and 1, the south 2 and 3. A block is a category of its own, and
/// its titles share a word.
struct PlantedMarket {
  static let blockSize = 11
  static let itemCount = 4 * blockSize

  let shop: Shop

  init(seed: UInt64) {
    var random = SeededGenerator(seed)
    let visits = 2000
    var builder = TableBuilder(
      items: PlantedMarket.itemCount, sessions: visits, users: visits, regions: ["north", "south"])
    for visit in 0..<visits {
      let block = visit % 4
      let places = 0..<PlantedMarket.blockSize
      // Reaching over the ends, so that each step is walked equally often.
      let start = Int.random(in: -2..<PlantedMarket.blockSize - 1, using: &random)
      let picks = (0..<2).map { _ in Int.random(in: places, using: &random) }
      for (step, place) in ((start..<start + 4).clamped(to: places) + picks).enumerated() {
        builder.add(
          item: block * PlantedMarket.blockSize + place, session: visit, user: visit, region: block / 2, .purchase,
          at: visit * 60 + step)
      }
    }
    shop = Shop(builder.table, catalogue: PlantedMarket.catalogue(items: PlantedMarket.itemCount))
  }

  /// Whether visitors walk on from an item.
  static func hasNext(_ item: Int) -> Bool { item % blockSize < blockSize - 1 }

  static func catalogue(items: Int) -> Catalogue {
    var catalogue = Catalogue(items: items)
    for item in 0..<items {
      let block = item / blockSize % 4
      catalogue.items[item].category = "\(block < 2 ? "Home" : "Garden") > Block \(block)"
      catalogue.items[item].title = "\(["mug", "clock", "lamp", "chair"][block]) \(["red", "blue", "old"][item % 3])"
      catalogue.items[item].brand = ["Able", "Baker"][item % 2]
      catalogue.items[item].price = UInt32(100 + item % 7)
    }
    return catalogue
  }
}
