import Bytes
import Configuration
import EventLog
import Models
import SnapshotFormat

/// A shop whose right answers are known by construction, as texts that the real event reader takes.
///
/// Four blocks of items that go together: visitors view a run of neighbours in one block, in order, and buy two of it. The
/// north likes blocks 0 and 1, the south 2 and 3; two isles, each too small for a list of its own, form a group that likes
/// block 3; the hamlet has three people and no group.
public struct PlantedShop {
  public static let blockSize = 12
  public static let categories = ["Home > Kitchen", "Home > Garden", "Toys", "Books > Crime"]
  public static let never = ["postage", "sample-1"]
  public static let unavailable = ["0-11", "2-11"]
  public static let catalogueOnly = ["new-1", "new \"2\" <b>"]
  /// Two ids with the same `hash32`, found by search, as is the one whose `hash32` is 0, which stands for "no item".
  public static let colliding = ["cf894c5d", "52c2eda8"]
  public static let nameless = "sku-149013692b"

  /// Variants of one product, and what is sold in some regions alone: of what is never answered, so that answers are as without.
  public static let variants = never
  public static let soldApart = "sample-1"
  public static let soldIn = ["isles", "north", "south"]

  public var events = ""
  public var catalogue = ""
  public var configuration = Configuration()
  /// Written into the snapshot as if they had been learned.
  public var rankers: [RankerKind: [TreeEnsemble.Tree]] = [:]
  /// By which users' ids are hashed; nil: they are forgotten.
  public var userKey: [UInt8]?
  /// The items of each block by place: plain ids, ids of other scripts, and the odd ones above.
  public static let blocks: [[String]] = (0..<4).map { block in
    (0..<blockSize).map { place in
      switch (block, place) {
      case (0, 3): "Tasse für Öl"
      case (1, 3): "茶/緑 & \\ 100%"
      case (2, 3): colliding[0]
      case (2, 4): colliding[1]
      case (3, 3): nameless
      default: "\(block)-\(place)"
      }
    }
  }

  public init(seed: UInt64 = 1) {
    var random = SeededGenerator(seed)
    configuration.regions.minimumPeople = 30
    configuration.regions.groups = ["isles": ["isle-a", "isle-b"]]
    configuration.models.factors.dimensions = 16
    configuration.catalogue.layout.columns[.attributes] = ["color"]
    configuration.windows.trendingSeconds = 30 * 86_400
    configuration.neverRecommend = PlantedShop.never.map { ItemPattern(id: GlobPattern($0)) }
    let homes: [(region: String, people: Int, blocks: [Int])] = [
      ("north", 140, [0, 0, 0, 1]), ("south", 140, [2, 2, 2, 3]), ("isle-a", 20, [3]), ("isle-b", 25, [3, 3, 1]),
      ("hamlet", 3, [1]), ("", 30, [0, 1, 2, 3]),
    ]
    var person = 0
    for home in homes {
      for _ in 0..<home.people {
        for visit in 0..<2 {
          addVisit(person, visit, home.region, home.blocks[random.below(home.blocks.count)], &random)
        }
        person += 1
      }
    }
    addCatalogue()
  }

  private mutating func addVisit(
    _ person: Int, _ visit: Int, _ region: String, _ block: Int, _ random: inout SeededGenerator
  ) {
    let items = PlantedShop.blocks[block]
    // The square draws visitors to the head of a block, so that its items differ in traffic.
    let first = random.below(100) * random.below(100) * (items.count - 4) / 10_000
    var time = 1_700_000_000 + random.below(20 * 86_400)
    func add(_ item: String, _ type: String) {
      time += 30
      var line =
        "{\"session_id\":\"s\(person).\(visit)\",\"user_id\":\"u\(person)\",\"item_id\":\(PlantedShop.quoted(item)),"
      line += "\"event\":\"\(type)\",\"time\":\(time)"
      if !region.isEmpty { line += ",\"region\":\"\(region)\"" }
      events += line + "}\n"
    }
    for step in 0..<4 { add(items[first + step], "view") }
    for step in 0..<2 { add(items[first + step], "purchase") }
    if random.once(in: 2) { add("postage", "purchase") }
    if random.once(in: 9) { add("sample-1", "view") }
  }

  private mutating func addCatalogue() {
    func add(_ id: String, _ category: String, _ attributes: String) {
      catalogue += "{\"item_id\":\(PlantedShop.quoted(id)),\"category\":\"\(category)\",\(attributes)}\n"
    }
    for (block, items) in PlantedShop.blocks.enumerated() {
      for (place, id) in items.enumerated() {
        let available = PlantedShop.unavailable.contains(id) ? "false" : "true"
        add(
          id, PlantedShop.categories[block],
          "\"brand\":\"brand \(place % 3)\",\"price\":\"\(block + 1).\(place + 10)\",\"available\":\"\(available)\","
            + "\"tags\":[\"tag \(place % 4)\",\"block \(block)\"],\"color\":\"\(place % 2 == 0 ? "red" : "blue;green")\","
            + "\"group\":\(PlantedShop.quoted(id)),"
            + "\"title\":\"Item \(place) of block \(block)\",\"url\":\"/p/\(block)/\(place)\"")
      }
    }
    for id in PlantedShop.catalogueOnly { add(id, "Toys", "\"brand\":\"\"") }
    for id in PlantedShop.never {
      let regions = id == PlantedShop.soldApart ? PlantedShop.soldIn.joined(separator: "|") : ""
      add(id, "Services", "\"price\":\"5\",\"group\":\"services\",\"regions\":\"\(regions)\"")
    }
  }

  /// A string as JSON.
  public static func quoted(_ text: String) -> String {
    "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
  }

  /// The catalogue's price in minor units.
  public static func price(block: Int, place: Int) -> UInt32 { UInt32((block + 1) * 100 + place + 10) }
}
