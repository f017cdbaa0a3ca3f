import Bytes
import Digest
import EventLog
import Foundation
import GRDB
import Models
import Recommender
import Session
import SnapshotFormat
import SnapshotWriter
import TestSupport
import Testing

/// What a snapshot knows of people: rows by keyed hash, where the shop wants them.
@Suite struct UserTableTests {
  static let key: [UInt8] = (0..<32).map { UInt8($0 &* 7 &+ 1) }

  static func rowID(_ user: String, _ key: [UInt8] = UserTableTests.key) -> Int64 {
    user.withView { user in key.withView { HMACSHA256.rowID(user, key: $0) } }
  }

  /// The planted shop's people with longer names, which could not stand in a file by chance.
  private static func shop(share: Double = 0.1, items: Int = 16) throws -> BuiltShop {
    var planted = PlantedShop()
    planted.events = planted.events.replacing("\"user_id\":\"u", with: "\"user_id\":\"somebody-")
    planted.configuration.users.hasRows = true
    planted.configuration.users.share = share
    planted.configuration.users.items = items
    planted.userKey = key
    return try BuiltShop(planted)
  }

  private static let known: BuiltShop = {
    do { return try shop() } catch { fatalError("the shop cannot be built: \(error)") }
  }()

  @Test func noIDStandsInAnyFile() throws {
    let shop = Self.known
    for name in try FileManager.default.contentsOfDirectory(atPath: shop.folder.path("out")) {
      guard let data = try? Data(contentsOf: URL(filePath: shop.folder.path("out/\(name)"))) else { continue }
      for word in ["somebody", "SOMEBODY", "s0.0\""] { #expect(data.firstRange(of: Data(word.utf8)) == nil, "\(name)") }
    }
    #expect(try shop.rows(.base, "SELECT * FROM user").count > 300)
  }

  @Test func aRowIsWhatThePersonDid() throws {
    let shop = Self.known
    let ids = try shop.idsByNumber()
    for user in ["somebody-0", "somebody-77", "somebody-350"] {
      let events = PlantedShop().events.split(separator: "\n").filter {
        $0.contains("\"user_id\":\"u\(user.dropFirst("somebody-".count))\"")
      }
      let row = try #require(try shop.rows(.base, "SELECT history FROM user WHERE id = \(Self.rowID(user))").first)
      let history: Data = row[0]
      let entries = [UInt8](history).withView { view in
        (0..<UserHistory.count(view)).map { UserHistory.entry(view, $0) }
      }
      #expect(!entries.isEmpty)
      for entry in entries {
        let own = events.filter { $0.contains("\"item_id\":\(PlantedShop.quoted(ids[Int(entry.item)]))") }
        let bought = own.contains { $0.contains("purchase") }
        #expect(!own.isEmpty && entry.type == (bought ? EventType.purchase : .view).rawValue)
      }
    }
    #expect(try shop.rows(.base, "SELECT * FROM user WHERE id = \(Self.rowID("somebody-9999"))").isEmpty)
    #expect(try shop.rows(.base, "SELECT * FROM user WHERE id = \(Self.rowID("somebody-0", [1, 2, 3]))").isEmpty)
  }

  @Test func theMostActivePeopleComeFirst() throws {
    let all = Self.known.models.histories.people
    #expect(zip(all, all.dropFirst()).allSatisfy { $0.events >= $1.events })
    // Room for a hundred people of two items.
    let few = try Self.shop(share: 100 * 24 / Double(8 << 20), items: 2)
    let kept = Set(try few.rows(.base, "SELECT id FROM user").map { $0[0] as Int64 })
    #expect(kept == Set(all.prefix(100).map(\.key)))
    #expect(try few.rows(.base, "SELECT max(length(history)) FROM user")[0][0] as Int == 8)
  }

  @Test func withoutAKeyThereIsNoTable() throws {
    let shop = BuiltShop.planted
    #expect(shop.models.histories.people.isEmpty)
    #expect(try shop.rows(.base, "SELECT * FROM sqlite_master WHERE name = 'user'").isEmpty)
  }

  // MARK: Answers

  private static func header(_ key: [UInt8] = UserTableTests.key) -> String {
    "Martlet-Key: "
      + String(decoding: written { writer in key.withView { Base64URL.encode($0, into: &writer) } }, as: UTF8.self)
  }

  @Test func aKnownVisitorIsAnsweredFromTheirHistory() throws {
    let service = Self.known.service()
    let stranger = try #require(service.get("/recommendations?n=20"))
    func ask(_ headers: String...) throws -> Response {
      let lines = headers.map { $0 + "\r\n" }.joined()
      return try #require(service.answer(Array("GET /recommendations?n=20 HTTP/1.1\r\n\(lines)\r\n".utf8)))
    }
    let user = "Martlet-User: somebody-0"
    let known = try ask(user, Self.header(), "Martlet-Consent: full")
    #expect(known.status == 200 && known.ids != stranger.ids)
    let items = try #require(known.json?["items"] as? [[String: Any]])
    #expect(items.contains { ($0["reason"] as? [String: Any])?["because"] != nil })
    #expect(!items.contains { ($0["reason"] as? [String: Any])?["source"] as? String == "repeats" })
    // Nothing less than full consent, a key and a name will do.
    for headers in [
      [user, Self.header(), "Martlet-Consent: session"], [user, Self.header()], [user, "Martlet-Consent: full"],
      [Self.header(), "Martlet-Consent: full"], [user, Self.header(), "Martlet-Consent: full", "Sec-GPC: 1"],
      [user, Self.header([9] + Self.key), "Martlet-Consent: full"],
      ["Martlet-User: somebody-4711", Self.header(), "Martlet-Consent: full"],
    ] {
      let lines = headers.map { $0 + "\r\n" }.joined()
      let answer = service.answer(Array("GET /recommendations?n=20 HTTP/1.1\r\n\(lines)\r\n".utf8))
      #expect(answer?.ids == stranger.ids, "\(headers)")
    }
    #expect(try ask(user, "Martlet-Key: *", "Martlet-Consent: full").status == 400)
  }

  @Test func theSessionShowsTheHistory() throws {
    let service = Self.known.service()
    let shown = try #require(
      service.get("/session", "Martlet-User: somebody-0", Self.header(), "Martlet-Consent: full"))
    let history = try #require(shown.json?["history"] as? [[String: Any]])
    #expect(!history.isEmpty && history.allSatisfy { $0["item_id"] is String && $0["event"] is String })
    #expect(service.get("/session", "Martlet-User: somebody-0", Self.header())?.json?["history"] == nil)
  }
}
