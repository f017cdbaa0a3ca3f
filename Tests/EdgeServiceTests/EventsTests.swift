import Bytes
import EdgeService
import Session
import TestSupport
import Testing

@Suite struct EventsTests {
  let service = BuiltShop.planted.service()
  static let time = "Martlet-Time: 1702000000000"

  /// What the services' own documentation shows, and the project's forms.
  @Test(
    arguments: [
      ("{\"event\":\"view\",\"item_id\":\"0-0\"}", [("0-0", .view)]),
      (" \n{\n  \"type\": \"VIEW\",\n  \"product_id\": \"0-0\"\n}\n", [("0-0", .view)]),
      ("{\"event\":\"add_to_cart\",\"item_id\":\"Tasse f\\u00fcr \\u00d6l\"}", [("Tasse für Öl", .addToCart)]),
      ("{\"\\u0065vent\":\"v\\u0069ew\",\"item_id\":\"茶/緑 & \\\\ 100%\"}", [("茶/緑 & \\ 100%", .view)]),
      (
        "[{\"event\":\"view\",\"item_id\":\"0-0\"},{\"event\":\"purchase\",\"item_id\":\"0-1\"}]",
        [("0-0", .view), ("0-1", .purchase)]
      ),
      (
        "{\"event\":\"view\",\"item_id\":\"0-0\"}\n\n{\"event\":\"click\",\"item_id\":\"0-1\"}\r\n",
        [("0-0", .view), ("0-1", .click)]
      ),
      ("{\"event\":\"search\",\"query\":\" Cups \"}", [("cups", .search)]),
      ("{\"event\":\"search\",\"item_id\":\"0-0\"}", [("", .search)]),
      (
        "{\"name\":\"view_search_results\",\"params\":{\"search_term\":\"Tasse f\\u00fcr\"}}", [("tasse für", .search)]
      ),
      (
        "{\"client_id\":\"1.2\",\"timestamp_micros\":1,\"events\":[{\"name\":\"view_item\",\"params\":{\"items\":[{\"item_id\":\"0-0\"}]}},{\"name\":\"page_view\",\"params\":{}}]}",
        [("0-0", .view)]
      ),
      (
        "{\"batch\":[{\"type\":\"track\",\"event\":\"Product Added\",\"properties\":{\"product_id\":\"0-0\"}},{\"type\":\"page\",\"name\":\"Home\"}]}",
        [("0-0", .addToCart)]
      ),
      (
        "{\"event\":\"product_view\",\"properties\":{\"product_id\":\"0-0\",\"time\":1702000000}}", [("0-0", .view)]
      ),
      (
        "{\"event\":\"purchase\",\"items\":[{\"item_id\":\"0-0\"},{\"product_id\":\"0-1\"},{}]}",
        [("0-0", .purchase), ("0-1", .purchase)]
      ),
      ("{\"event\":\"view_item\",\"params\":{\"items\":[{\"item_id\":\"0-0\",\"price\":1}]}}", [("0-0", .view)]),
      ("{\"event\":\"add_to_cart\",\"ecommerce\":{\"items\":[{\"item_id\":\"0-0\"}]}}", [("0-0", .addToCart)]),
      (
        "{\"type\":\"track\",\"event\":\"Product Viewed\",\"timestamp\":\"2026-01-01T00:00:00Z\",\"properties\":{\"product_id\":\"0-0\"}}",
        [("0-0", .view)]
      ),
      (
        "{\"event\":\"Order Completed\",\"properties\":{\"products\":[{\"product_id\":\"0-0\"},{\"product_id\":\"0-1\"}]}}",
        [("0-0", .purchase), ("0-1", .purchase)]
      ),
      ("{\"event\":\"view\",\"item_id\":4711}", [("4711", .view)]),
      ("[]", []),
    ] as [(String, [(String, EventType)])])
  func everyFormIsTaken(body: String, expected: [(String, EventType)]) throws {
    let response = try #require(service.post(body, Self.time))
    #expect(response.status == 200, "\(response.text("detail") ?? "")")
    let signals = try #require(Self.signals(response))
    #expect(signals.map(\.type) == expected.map(\.1))
    #expect(signals.map(\.item) == expected.map { $0.0.isEmpty ? 0 : $0.0.withView { hash32($0) } })
    #expect(response.json?["signals"] as? Int == expected.count)
    #expect(signals.allSatisfy { $0.time == 1_702_000_000 })
  }

  @Test(
    arguments: [
      ("", "the body is empty", "body", ""),
      (" \r\n\t", "the body is empty", "body", ""),
      ("\"view\"", "an event is a JSON object", "body", "event 0"),
      ("[{\"event\":\"view\",\"item_id\":\"a\"},7]", "an event is a JSON object", "body", "event 1"),
      ("{}", "the event has no name", "event", "event 0"),
      ("{\"event\":1,\"item_id\":\"a\"}", "the event has no name", "event", "event 0"),
      ("{\"events\":[{\"name\":\"view_item\"},{\"params\":{}}]}", "the event has no name", "event", "event 1"),
      ("{\"event\":\"rate\",\"item_id\":\"a\",\"rating\":-1}", "not a number from 0", "rating", "event 0"),
      (
        "{\"event\":\"rate\",\"item_id\":\"a\",\"rating\":8}",
        "above the top of its scale, which is 5 where `scale` does not name another", "rating", "event 0"
      ),
      (
        "{\"event\":\"rate\",\"item_id\":\"a\",\"rating\":0,\"scale\":0}", "not the top of a scale", "scale", "event 0"
      ),
      ("{\"event\":\"dwell\",\"item_id\":\"a\",\"seconds\":\"long\"}", "not a number from 0", "seconds", "event 0"),
      ("{\"event\":\"view\"}", "the event names no item", "item_id", "event 0"),
      ("{\"event\":\"view\",\"item_id\":null}", "the event names no item", "item_id", "event 0"),
      ("{\"event\":\"view\",\"item_id\":[\"a\"]}", "the event names no item", "item_id", "event 0"),
      ("{\"event\":\"view\",\"items\":[]}", "the event names no item", "item_id", "event 0"),
      (
        "{\"event\":\"view\",\"item_id\":\"a\",\"time\":-1}", "not a time in seconds or milliseconds since 1970",
        "time", "event 0"
      ),
      (
        "{\"event\":\"view\",\"item_id\":\"a\",\"time\":1e30}", "not a time in seconds or milliseconds since 1970",
        "time", "event 0"
      ),
      (
        "{\"event\":\"view\",\"item_id\":\"a\"}\n{\"event\":\"view\" \"item_id\":\"a\"}",
        "unexpected character in JSON", "body", "offset 47"
      ),
      ("{\"event\":\"view\",\n  \"item_id\": a\n}", "unexpected character in JSON", "body", "offset 30"),
      ("{\"event\":\"view\"", "the JSON text ends too early", "body", "offset 15"),
      ("[{\"event\":\"view\",\"item_id\":\"a\"}] x", "text after the JSON value", "body", "offset 33"),
    ] as [(String, String, String, String)])
  func whatDoesNotFitIsRefusedWithItsPlace(body: String, detail: String, field: String, place: String) throws {
    let response = try #require(service.post(body))
    #expect(response.status == 400 && response.text("detail") == detail && response.text("field") == field)
    let found = response.number("event").map { "event \($0)" } ?? response.number("offset").map { "offset \($0)" }
    #expect(found ?? "" == place)
    #expect(response["Set-Cookie"] == nil && response["Martlet-Session"] == nil, "refused whole")
  }

  @Test(
    arguments: [
      ("{\"event\":\"Checkout Started\",\"properties\":{}}", 0, 1),
      ("{\"event\":\"vew\",\"item_id\":\"a\"}", 0, 1),
      (
        "[{\"event\":\"view\",\"item_id\":\"a\"},{\"event\":\"begin_checkout\"},{\"event\":\"click\",\"item_id\":\"b\"}]",
        2, 1
      ),
      ("{\"type\":\"identify\",\"userId\":\"7\"}\n{\"event\":\"view\",\"item_id\":\"a\"}", 1, 1),
      ("{\"name\":\"user_engagement\",\"params\":{\"engagement_time_msec\":100}}", 0, 1),
    ] as [(String, Int, Int)])
  func whatIsNotUnderstoodIsCounted(body: String, accepted: Int, ignored: Int) throws {
    let response = try #require(service.post(body))
    #expect(response.status == 200)
    #expect(response.number("accepted") == accepted && response.number("ignored") == ignored)
    #expect(response.number("signals") == accepted)
  }

  @Test(
    arguments: [
      (
        "{\"event\":\"dwell\",\"item_id\":\"a\",\"seconds\":95,\"scroll_depth\":40}",
        Dwell.value(seconds: 95, depth: 40)
      ),
      ("{\"event\":\"dwell\",\"item_id\":\"a\",\"seconds\":86400}", Dwell.value(seconds: 511, depth: 0)),
      ("{\"event\":\"dwell\",\"item_id\":\"a\"}", 0),
      (
        "{\"name\":\"user_engagement\",\"params\":{\"item_id\":\"a\",\"engagement_time_msec\":\"12999\"}}",
        Dwell.value(seconds: 12, depth: 0)
      ),
      (
        "{\"name\":\"scroll\",\"params\":{\"item_id\":\"a\",\"percent_scrolled\":90}}",
        Dwell.value(seconds: 0, depth: 90)
      ),
      ("{\"event\":\"rate\",\"item_id\":\"a\",\"rating\":4}", 80),
      ("{\"event\":\"rate\",\"item_id\":\"a\",\"value\":\"4.5\"}", 90),
      ("{\"event\":\"rate\",\"item_id\":\"a\",\"rating\":0}", 1),
      ("{\"event\":\"rate\",\"item_id\":\"a\"}", 0),
      (
        "{\"event\":\"Product Reviewed\",\"properties\":{\"product_id\":\"a\",\"rating\":7,\"scale\":10}}", 70
      ),
      ("{\"event\":\"view\",\"item_id\":\"a\",\"seconds\":3}", 0),
    ] as [(String, UInt16)])
  func measuresAreRead(body: String, value: UInt16) throws {
    #expect(try Self.signals(#require(service.post(body)))?.map(\.value) == [value], "\(body)")
  }

  @Test func aThousandEventsAreTheMost() throws {
    func body(_ count: Int) -> String { String(repeating: "{\"event\":\"search\"}\n", count: count) }
    #expect(service.post(body(1_000))?.number("accepted") == 1_000)
    #expect(service.post(body(1_000))?.number("signals") == Session.signalsMax)
    let refused = try #require(service.post(body(1_001)))
    #expect(refused.status == 400 && refused.number("event") == 1_000)
  }

  /// Many items of one event are as much work as many events.
  @Test func itemsOfOneBodyAreBounded() throws {
    func body(_ count: Int) -> String {
      "{\"event\":\"view\",\"items\":[\((0..<count).map { "{\"item_id\":\"\($0)\"}" }.joined(separator: ","))]}"
    }
    #expect(try #require(service.post(body(1_000))).status == 200)
    #expect(try #require(service.post(body(1_001))).status == 400)
  }

  /// What a host logs has to come out of the log again.
  @Test(arguments: ["a\\u0001b", "a\\u007Fb", String(repeating: "x", count: 256)])
  func idsThatNoBuildTakesAreNone(id: String) throws {
    #expect(try #require(service.post("{\"event\":\"view\",\"item_id\":\"\(id)\"}")).status == 400)
  }

  @Test func anEventsTimeCountsInsideTheWindow() throws {
    for (time, expected) in [
      ("1701999000", 1_701_999_000), ("1701999000123", 1_701_999_000), ("1701999000.25", 1_701_999_000),
      ("1703000000", 1_702_000_000), ("1700000000", 1_702_000_000), ("0", 1_702_000_000),
      ("\"yesterday\"", 1_702_000_000),
    ] as [(String, UInt32)] {
      let response = try #require(service.post("{\"event\":\"view\",\"item_id\":\"a\",\"time\":\(time)}", Self.time))
      #expect(Self.signals(response)?.first?.time == expected, "\(time)")
    }
  }

  @Test func theTokenTravelsAsHeaderOrCookie() throws {
    let first = try #require(service.post("{\"event\":\"view\",\"item_id\":\"2-0\"}", Self.time))
    let token = try #require(first["Martlet-Session"])
    #expect(first["Set-Cookie"] == "martlet_session=\(token); Max-Age=86400; Path=/; HttpOnly; SameSite=Lax; Secure")
    let other = try #require(service.post("{\"event\":\"view\",\"item_id\":\"1-0\"}", Self.time)?["Martlet-Session"])
    for headers in [
      ["Martlet-Session: \(token)"], ["Cookie: martlet_session=\(token)"],
      ["Cookie: a=b;martlet_session=\(token) ; xmartlet_session=1"],
      ["Martlet-Session: \(token)", "Cookie: martlet_session=\(other)"],
    ] {
      let lines = headers.map { $0 + "\r\n" }.joined()
      let event = "{\"event\":\"view\",\"item_id\":\"2-1\"}"
      let response = try #require(
        service.answer(Array("POST /events HTTP/1.1\r\n\(Self.time)\r\n\(lines)\r\n\(event)".utf8)))
      #expect(Self.signals(response)?.map(\.item) == ["2-0", "2-1"].map { $0.withView { hash32($0) } })
      let answer = try #require(
        service.answer(Array("GET /recommendations?n=3 HTTP/1.1\r\n\(Self.time)\r\n\(lines)\r\n".utf8)))
      #expect(answer.number("signals") == 1)
      #expect(answer.ids.contains("2-1"), "what goes with 2-0: \(answer.ids)")
    }
    #expect(service.get("/recommendations", Self.time, "Cookie: xmartlet_session=\(token)")?.number("signals") == 0)
    #expect(service.get("/recommendations", Self.time, "Martlet-Session: \(token)x")?.number("signals") == 0)
  }

  @Test func aTokenExpires() throws {
    let token = try #require(service.post("{\"event\":\"view\",\"item_id\":\"2-0\"}", Self.time)?["Martlet-Session"])
    for (milliseconds, signals) in [(1_702_000_000_000, 1), (1_702_086_400_999, 1), (1_702_086_401_000, 0)] {
      let answer = service.get("/recommendations", "Martlet-Time: \(milliseconds)", "Martlet-Session: \(token)")
      #expect(answer?.number("signals") == signals)
    }
  }

  @Test(arguments: ["Martlet-Consent: none", "Sec-GPC: 1"]) func withoutConsentNothingIsKeptOrUsed(header: String)
    throws
  {
    let token = try #require(service.post("{\"event\":\"view\",\"item_id\":\"2-0\"}", Self.time)?["Martlet-Session"])
    let response = try #require(
      service.post("{\"event\":\"view\",\"item_id\":\"2-1\"}", header, "Martlet-Session: \(token)"))
    #expect(response.status == 200 && response.json?["stored"] as? Bool == false && response.number("signals") == 0)
    // The cookie that was there is taken back; where there was none, none is named.
    #expect(response["Set-Cookie"]?.hasPrefix("martlet_session=; Max-Age=0;") == true)
    #expect(response["Martlet-Session"] == nil)
    let first = try #require(service.post("{\"event\":\"view\",\"item_id\":\"2-1\"}", header))
    #expect(first["Set-Cookie"] == nil && first["Martlet-Session"] == nil)
    let answer = try #require(service.get("/recommendations", Self.time, header, "Cookie: martlet_session=\(token)"))
    let plain = try #require(service.get("/recommendations", Self.time))
    #expect(answer.number("signals") == 0 && answer.body == plain.body)
  }

  /// The token's signals, oldest first, by the token's own reader.
  static func signals(_ response: Response) -> [Signal]? {
    guard let token = response["Martlet-Session"] else { return nil }
    let scratch = OwnedBytes(capacity: SessionToken.bytesMax)
    var session = Session()
    guard token.withView({ SessionToken.read($0, scratch: scratch, into: &session) }) else { return nil }
    return (0..<session.count).reversed().map { session.newest($0) }
  }
}
