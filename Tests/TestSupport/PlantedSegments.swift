import Configuration

/// A shop whose visitors fall into kinds by construction: gardeners, cooks and parents, who mostly look at things of one category
/// each, and at books as everybody does; parents prefer the dear ones. A person's kind stands in the user's id.
public struct PlantedSegments {
  public static let kinds = ["gardener", "cook", "parent"]
  public static let categories = ["Garden", "Kitchen", "Toys"]
  public static let people = [80, 60, 40]
  public static let perCategory = 12
  /// Seen by gardeners alone, and only by as many as are asked for.
  public static let rare = "rare"

  public var shop = PlantedShop()

  /// - Parameters:
  ///   - rareFans: gardeners who buy the rare thing, fifty times each.
  ///   - strays: people of a kind of their own, too few for a segment.
  public init(seed: UInt64 = 1, rareFans: Int = 0, strays: Int = 0) {
    var random = SeededGenerator(seed)
    shop.configuration = Configuration()
    shop.configuration.models.factors.dimensions = 8
    shop.configuration.segments.lists = true
    (shop.events, shop.catalogue) = ("", "")
    for category in PlantedSegments.categories + ["Books", "Fishing"] {
      for place in 0..<PlantedSegments.perCategory { add(category, place) }
    }
    add(PlantedSegments.rare, category: "Garden", price: 5)
    for (kind, name) in PlantedSegments.kinds.enumerated() {
      for person in 0..<PlantedSegments.people[kind] {
        for visit in 0..<3 { addVisit("\(name)-\(person)", visit, kind, &random) }
        if kind == 0, person < rareFans {
          for _ in 0..<50 { add("gardener-\(person)", 2, PlantedSegments.rare, "north", "purchase", 0) }
        }
      }
    }
    for person in 0..<strays {
      for visit in 0..<3 {
        for step in 0..<4 { add("stray-\(person)", visit, "Fishing-\(random.below(12))", "south", "view", step) }
      }
    }
  }

  /// The item at `place` of `category`; dearer with the place.
  public static func item(_ category: String, _ place: Int) -> String { "\(category)-\(place)" }

  private mutating func addVisit(_ user: String, _ visit: Int, _ kind: Int, _ random: inout SeededGenerator) {
    let region = kind == 0 ? "north" : "south"
    for step in 0..<4 {
      let item = PlantedSegments.item(PlantedSegments.categories[kind], random.below(PlantedSegments.perCategory))
      add(user, visit, item, region, "view", step)
    }
    add(
      user, visit, PlantedSegments.item("Books", kind == 2 ? 8 + random.below(4) : random.below(12)), region, "view", 9)
  }

  private mutating func add(
    _ user: String, _ visit: Int, _ item: String, _ region: String, _ type: String, _ second: Int
  ) {
    shop.events +=
      "{\"session_id\":\"\(user).\(visit)\",\"user_id\":\"\(user)\",\"item_id\":\"\(item)\",\"event\":\"\(type)\","
      + "\"time\":\(1_700_000_000 + 600_000 * visit + second),\"region\":\"\(region)\"}\n"
  }

  private mutating func add(_ category: String, _ place: Int) {
    add(PlantedSegments.item(category, place), category: category, price: 10 + place)
  }

  private mutating func add(_ id: String, category: String, price: Int) {
    shop.catalogue += "{\"item_id\":\"\(id)\",\"category\":\"\(category)\",\"price\":\"\(price)\"}\n"
  }
}
