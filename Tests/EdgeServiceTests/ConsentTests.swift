import EdgeService
import TestSupport
import Testing

@Suite struct ConsentTests {
  let service = BuiltShop.planted.service()

  private func send(_ line: String, _ headers: [String], _ body: String = "") throws -> Response {
    let lines = (["Martlet-Time: 1702000000000"] + headers).map { $0 + "\r\n" }.joined()
    return try #require(service.answer(Array("\(line) HTTP/1.1\r\n\(lines)\r\n\(body)".utf8)))
  }

  private func view(_ item: String, _ headers: String...) throws -> Response {
    try send("POST /events", headers, "{\"event\":\"view\",\"item_id\":\"\(item)\"}")
  }

  private func signals(_ headers: String...) throws -> Int? {
    try send("GET /recommendations", headers).number("signals")
  }

  private let user = "Martlet-User: 12345"
  private let sessionID = "Martlet-Session-Id: abc"
  private let none = "Martlet-Consent: none"
  private let session = "Martlet-Consent: session"
  private let full = "Martlet-Consent: full"

  @Test(arguments: ["Martlet-Consent: none", "Sec-GPC: 1"])
  func withoutConsentNothingIsKeptAnywhere(header: String) throws {
    let response = try view("0-0", header, user, sessionID)
    #expect(response["Set-Cookie"] == nil && response["Martlet-Session"] == nil)
    #expect(response.json?["stored"] as? Bool == false && response.number("signals") == 0)
    #expect(try signals(full, user) == 0)
    #expect(try signals(session, sessionID) == 0)
  }

  @Test func withSessionConsentAUserOpensNothing() throws {
    _ = try view("0-0", full, user)
    #expect(try signals(full, user) == 1)
    let response = try view("0-1", session, user)
    #expect(response["Martlet-Session"] != nil && response.number("signals") == 1, "the token alone")
    #expect(try signals(full, user) == 0, "what full consent had kept is gone with it")
  }

  @Test func withFullConsentAUserDoes() throws {
    #expect(try view("0-0", full, user).number("signals") == 1)
    #expect(try view("0-1", full, user).number("signals") == 2)
    #expect(try signals(full, user) == 2)
    #expect(try signals(full, "Martlet-User: 12346") == 0)
  }

  @Test func withdrawnConsentEmptiesTheStore() throws {
    _ = try view("0-0", session, sessionID)
    #expect(try signals(session, sessionID) == 1)
    #expect(try signals(none, sessionID) == 0)
    #expect(try signals(session, sessionID) == 0)
  }

  @Test func forgettingEmptiesTheStoreWhateverTheConsent() throws {
    for consent in [none, session, full] {
      _ = try view("0-0", full, user)
      _ = try view("0-0", full, sessionID)
      _ = try send("DELETE /session", [consent, user, sessionID])
      #expect(try signals(full, user) == 0)
      #expect(try signals(full, sessionID) == 0)
    }
  }

  /// A host that says nothing of consent is taken at its word: the token is used, a user is not.
  @Test func aSilentHostMeansSession() throws {
    _ = try view("0-0", user)
    #expect(try signals(full, user) == 0)
    #expect(try send("GET /session", []).text("consent") == "session")
  }
}
