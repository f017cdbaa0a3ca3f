import EdgeService
import TestSupport
import Testing

@Suite struct SessionStoreTests {
  let service = BuiltShop.planted.service()
  static let start = 1_702_000_000

  private func send(_ line: String, at second: Int = 0, _ headers: [String], _ body: String = "") throws -> Response {
    let lines = (["Martlet-Time: \(Self.start + second)000"] + headers).map { $0 + "\r\n" }.joined()
    return try #require(service.answer(Array("\(line) HTTP/1.1\r\n\(lines)\r\n\(body)".utf8)))
  }

  private func view(_ item: String, at second: Int = 0, query: String = "", _ headers: String...) throws -> Response {
    try send("POST /events\(query)", at: second, headers, "{\"event\":\"view\",\"item_id\":\"\(item)\"}")
  }

  private func items(at second: Int = 0, query: String = "", _ headers: String...) throws -> [String] {
    let shown = try send("GET /session\(query)", at: second, headers).json?["signals"] as? [[String: Any]]
    return try #require(shown).compactMap { $0["item_id"] as? String }
  }

  private func id(_ name: Int) -> String { "Martlet-Session-Id: \(name)" }

  @Test func anAssertedSessionNeedsNoToken() throws {
    _ = try view("0-0", id(1))
    _ = try view("0-1", id(1))
    #expect(try items(id(1)) == ["0-1", "0-0"])
    #expect(try items(id(2)) == [])
    #expect(try items("Martlet-User: 1", "Martlet-Consent: full") == [], "a user of the same id is somebody else")
  }

  /// Their first characters differ as the numbers of the two kinds do.
  @Test func noUserHasTheRowOfASession() throws {
    _ = try view("0-0", id(2234))
    #expect(try items("Martlet-User: 1234", "Martlet-Consent: full") == [])
    #expect(try items(id(2234)) == ["0-0"])
  }

  /// What the query names counts only where the host asserts the same.
  @Test func theQueryAloneOpensNothing() throws {
    _ = try view("0-0", id(1))
    #expect(try items(query: "?session_id=1") == [])
    #expect(try items(query: "?session_id=1", id(1)) == ["0-0"])
    #expect(try items(query: "?session_id=2", id(1)) == [])
    #expect(try items(query: "?user_id=1", id(1)) == ["0-0"], "says nothing of the session")
    let response = try view("0-1", query: "?session_id=2", id(1))
    #expect(response.number("signals") == 1)
    #expect(try items(id(1)) == ["0-0"])
    _ = try view("1-0", "Martlet-User: u", "Martlet-Consent: full")
    #expect(try items(query: "?user_id=u", "Martlet-User: u", "Martlet-Consent: full") == ["1-0"])
    #expect(try items(query: "?user_id=v", "Martlet-User: u", "Martlet-Consent: full") == [])
  }

  @Test func theOneUsedLongestAgoMakesRoom() throws {
    for name in 0..<256 { _ = try view("0-0", id(name)) }
    #expect(try items(id(0)) == ["0-0"], "used again")
    _ = try view("0-1", id(256))
    #expect(try items(id(1)) == [])
    for name in [0, 2, 255] { #expect(try items(id(name)) == ["0-0"]) }
    #expect(try items(id(256)) == ["0-1"])
  }

  @Test func itExpiresByTheRequestsClock() throws {
    _ = try view("0-0", id(1))
    #expect(try items(at: 86_400, id(1)) == ["0-0"])
    #expect(try items(at: 86_401, id(1)) == [])
    #expect(try items(id(1)) == [], "gone, not hidden")
  }

  @Test func theNewerOfTokenAndStoreCounts() throws {
    let first = try "Martlet-Session: " + #require(view("0-0", id(1))["Martlet-Session"])
    _ = try view("0-1", at: 10, id(1))
    #expect(try items(at: 20, id(1), first) == ["0-1", "0-0"], "the store has seen more")
    // Another instance has answered meanwhile: its token is later than what this one keeps.
    let other = BuiltShop.planted.service()
    let message =
      "POST /events HTTP/1.1\r\nMartlet-Time: \(Self.start + 30)000\r\n\(first)\r\n\r\n{\"event\":\"view\",\"item_id\":\"0-2\"}"
    let later = try "Martlet-Session: " + #require(other.answer(Array(message.utf8))?["Martlet-Session"])
    #expect(try items(at: 40, id(1), later) == ["0-2", "0-0"])
    #expect(try items(at: 40, id(1), "Martlet-Session: rubbish") == ["0-1", "0-0"])
  }

  @Test func ofEqualTimesTheHigherSequenceCounts() throws {
    let first = try "Martlet-Session: " + #require(view("0-0", id(1))["Martlet-Session"])
    _ = try view("0-1", id(1))
    #expect(try items(id(1), first) == ["0-1", "0-0"])
  }

  /// Requests that were in flight together: where the host names the session, neither undoes the other.
  @Test func twoAnswersInFlightKeepBothEvents() throws {
    let first = try "Martlet-Session: " + #require(view("0-0", id(1))["Martlet-Session"])
    _ = try view("0-1", id(1), first)
    let second = try view("0-2", id(1), first)
    #expect(second.number("signals") == 3 && second.number("sequence") == 3)
  }

  /// Without one the later answer wins, and its sequence is that of the other: the tracker can tell.
  @Test func withoutAStoreTheSequenceTells() throws {
    let first = try "Martlet-Session: " + #require(view("0-0")["Martlet-Session"])
    let answers = try [view("0-1", first), view("0-2", first)]
    #expect(answers.map { $0.number("sequence") } == [2, 2])
    #expect(answers.map { $0.number("signals") } == [2, 2])
  }
}
