import Bytes
import Configuration
import Recommender
import Session
import SnapshotFormat
import SnapshotWriter
import TestSupport

/// Three categories of nine items each, of rising price, so that each third of a category's prices has three of them.
enum RuleShop {
  static let categories = ["Electronics > Smartphones", "Electronics > Laptops", "Home > Lamps"]
  static let prefixes = ["s", "l", "h"]
  static let ids = prefixes.flatMap { prefix in (0..<9).map { "\(prefix)\($0)" } }

  static func category(_ id: String) -> String { categories[prefixes.firstIndex(of: String(id.prefix(1)))!] }
  static func place(_ id: String) -> Int { Int(id.dropFirst())! }
  static func brand(_ id: String) -> String { "brand \(place(id) % 3)" }
  static func tags(_ id: String) -> [String] { ["tag \(place(id) % 2)"] + (place(id) > 6 ? ["new"] : []) }
  /// In minor units.
  static func price(_ id: String) -> UInt32 { UInt32(1000 * (place(id) + 1)) }
  static func level(_ id: String) -> String { ["low", "mid", "high"][place(id) / 3] }

  static let built: BuiltShop = {
    // Without any rule, nobody asks for price levels and none are written.
    let rule = "rules: [{ id: any, when: { count: { event: view, at_least: 1, within: 1h } }, then: { join: Any } }]"
    do { return try BuiltShop(shop(rule)) } catch { fatalError("the shop cannot be built: \(error)") }
  }()

  /// - Parameter rules: as they stand in martlet.yaml.
  static func shop(_ rules: String) throws -> PlantedShop {
    var shop = PlantedShop()
    shop.configuration = try Configuration(
      yaml: "segments: { maximum: 0 }\nmodels: { factors: { dimensions: 0 } }\n" + rules)
    shop.events = ""
    shop.catalogue = ""
    for (number, id) in ids.enumerated() {
      for visit in 0..<3 {
        shop.events +=
          "{\"session_id\":\"\(number).\(visit)\",\"user_id\":\"u\(number).\(visit)\",\"item_id\":\"\(id)\",\"event\":\"view\",\"time\":\(1_700_000_000 + 60 * number)}\n"
          + "{\"session_id\":\"\(number).\(visit)\",\"user_id\":\"u\(number).\(visit)\",\"item_id\":\"\(ids[(number + visit + 1) % ids.count])\",\"event\":\"purchase\",\"time\":\(1_700_000_030 + 60 * number)}\n"
      }
      let tags = tags(id).map { "\"\($0)\"" }.joined(separator: ",")
      shop.catalogue +=
        "{\"item_id\":\"\(id)\",\"category\":\"\(category(id))\",\"brand\":\"\(brand(id))\",\"price\":\"\(price(id) / 100)\",\"tags\":[\(tags)]}\n"
    }
    return shop
  }

  /// Numbers of the built shop for the names in rules.
  static func names(_ recommender: Recommender) throws -> RuleNames {
    let base = try recommender.requireBase()
    return RuleNames(built.models.attributes, clusters: [:]) { base.item($0) }
  }
}

/// Something that happened, as the visitor would tell it.
struct Happening {
  var item: String
  var type: EventType
  var time: UInt32
}

extension Recommender {
  /// The session of `events` at `now`, as the service keeps it.
  borrowing func session(_ events: [Happening], now: UInt32) throws -> Session {
    let base = try requireBase()
    var session = Session()
    for event in events {
      expire(&session, now: event.time)
      let name = event.item.withView { base.name(ofID: $0) }
      record(Signal(item: name, type: event.type, time: event.time), in: &session)
    }
    expire(&session, now: now)
    return session
  }
}
