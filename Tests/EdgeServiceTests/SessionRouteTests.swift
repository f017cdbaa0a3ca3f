import Bytes
import EdgeService
import Foundation
import Session
import TestSupport
import Testing

@Suite struct SessionRouteTests {
  let service = BuiltShop.planted.service()
  static let time = "Martlet-Time: 1702000000000"

  private func token(_ body: String, _ headers: String...) throws -> String {
    let lines = ([Self.time] + headers).map { $0 + "\r\n" }.joined()
    let response = try #require(service.answer(Array("POST /events HTTP/1.1\r\n\(lines)\r\n\(body)".utf8)))
    return try "Martlet-Session: " + #require(response["Martlet-Session"], "\(response.text("detail") ?? "")")
  }

  @Test func allThatIsHeldIsShown() throws {
    let token = try token(
      """
      [{"event":"search","query":"cup"},{"event":"rate","item_id":"0-0","rating":4},
       {"event":"dwell","item_id":"0-1","seconds":30,"scroll_depth":80},{"event":"view","item_id":"new here"}]
      """)
    let shown = try #require(service.get("/session", Self.time, token)?.json)
    let signals = try #require(shown["signals"] as? [[String: Any]])
    #expect(signals.map { $0["event"] as? String } == ["view", "dwell", "rate", "search"])
    #expect(signals.map { $0["item_id"] as? String } == [nil, "0-1", "0-0", nil])
    #expect(signals[0]["item"] as? String == Self.hexadecimal("new here"))
    #expect(signals[3]["query"] as? String == Self.hexadecimal("cup"))
    #expect(signals[1]["seconds"] as? Int == 30 && signals[1]["scroll_depth"] as? Int == 80)
    #expect(signals[2]["rating"] as? Double == 0.8)
    #expect(signals.allSatisfy { $0["time"] as? Int == 1_702_000_000 })
    let marks = try #require(shown["marks"] as? [[String: Any]])
    #expect(marks.count == 1 && marks[0]["counter"] as? String == "visit")
    #expect(shown["consent"] as? String == "session" && shown["sequence"] as? Int == 1)
  }

  @Test func aNewVisitorHasNothing() throws {
    let shown = try #require(service.get("/session", Self.time)?.json)
    #expect((shown["signals"] as? [Any])?.isEmpty == true && (shown["marks"] as? [Any])?.isEmpty == true)
    let profile = try #require(shown["profile"] as? [String: Any])
    #expect(profile["visits"] as? Int == 0 && profile["returning"] as? Bool == false)
    #expect(profile["price"] is NSNull && profile["idle_seconds"] is NSNull)
  }

  @Test func forgettingTakesTheCookieBack() throws {
    for consent in ["none", "session", "full"] {
      let message = "DELETE /session HTTP/1.1\r\n\(Self.time)\r\nMartlet-Consent: \(consent)\r\n\r\n"
      let response = try #require(service.answer(Array(message.utf8)))
      #expect(response.status == 200 && response.json?["forgotten"] as? Bool == true)
      #expect(response["Set-Cookie"]?.hasPrefix("martlet_session=; Max-Age=0;") == true)
      #expect(response["Martlet-Session"] == nil)
    }
  }

  /// A search for what is also an item's id says nothing of the item.
  @Test func aSearchIsNoItem() throws {
    let token = try token(#"{"event":"search","query":"0-0"}"#)
    let answer = try #require(service.get("/recommendations?n=5", Self.time, token))
    #expect(answer.ids == service.get("/recommendations?n=5", Self.time)?.ids && answer.number("signals") == 1)
  }

  static func hexadecimal(_ text: String) -> String {
    let name = String(text.withView { hash32($0) }, radix: 16)
    return String(repeating: "0", count: 8 - name.count) + name
  }
}
