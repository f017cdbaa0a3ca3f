import Bytes
import EdgeService
import SnapshotFormat
import TestSupport
import Testing

@Suite struct MessageTests {
  let service = BuiltShop.planted.service()

  @Test(
    arguments: [
      ("", 400, "the start line has no end", ""),
      ("GET / HTTP/1.1", 400, "the start line has no end", ""),
      ("GET / HTTP/1.1\n\n", 400, "the start line has no end", ""),
      ("GET /\r\n\r\n", 400, "the start line is not 'METHOD target HTTP/1.1'", ""),
      ("GET / HTTP/1.0\r\n\r\n", 400, "the start line is not 'METHOD target HTTP/1.1'", ""),
      ("GET / HTTP/1.1 \r\n\r\n", 400, "the start line is not 'METHOD target HTTP/1.1'", ""),
      ("GET  / HTTP/1.1\r\n\r\n", 400, "the start line is not 'METHOD target HTTP/1.1'", ""),
      ("GET http://shop/ HTTP/1.1\r\n\r\n", 400, "the target is not a path", ""),
      ("GET * HTTP/1.1\r\n\r\n", 400, "the target is not a path", ""),
      ("GET / HTTP/1.1\r\n", 400, "the headers do not end in a blank line", ""),
      ("GET / HTTP/1.1\r\nA: b\r\n", 400, "the headers do not end in a blank line", ""),
      ("GET / HTTP/1.1\r\nA: b\rc\r\n\r\n", 400, "the headers do not end in a blank line", ""),
      ("GET / HTTP/1.1\r\nno colon\r\n\r\n", 400, "a header line has no name", ""),
      ("GET / HTTP/1.1\r\n: v\r\n\r\n", 400, "a header line has no name", ""),
      ("GET / HTTP/1.1\r\nA: b\r\n folded: c\r\n\r\n", 400, "a header name has a character that names do not have", ""),
      ("GET / HTTP/1.1\r\nA : b\r\n\r\n", 400, "a header name has a character that names do not have", ""),
      (
        "GET /nowhere HTTP/1.1\r\n\r\n", 404,
        "no such path: /recommendations, /events, /session, /snapshot and /healthz are there", ""
      ),
      (
        "GET /Healthz HTTP/1.1\r\n\r\n", 404,
        "no such path: /recommendations, /events, /session, /snapshot and /healthz are there", ""
      ),
      ("POST /healthz HTTP/1.1\r\n\r\n", 405, "this path does not take that method", ""),
      ("get /healthz HTTP/1.1\r\n\r\n", 405, "this path does not take that method", ""),
      ("DELETE /recommendations HTTP/1.1\r\n\r\n", 405, "this path does not take that method", ""),
      ("GET /events HTTP/1.1\r\n\r\n", 405, "this path does not take that method", ""),
      (
        "GET /healthz HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", 501,
        "Transfer-Encoding is not understood", ""
      ),
      (
        "POST /events HTTP/1.1\r\nContent-Length: 3\r\n\r\n{}", 400,
        "Content-Length differs from the bytes of the body", "Content-Length"
      ),
      (
        "POST /events HTTP/1.1\r\nContent-Length: -2\r\n\r\n{}", 400,
        "Content-Length differs from the bytes of the body", "Content-Length"
      ),
      (
        "POST /events HTTP/1.1\r\ncontent-length:\r\n\r\n{}", 400,
        "Content-Length differs from the bytes of the body", "Content-Length"
      ),
      (
        "GET /recommendations?context=shelf HTTP/1.1\r\n\r\n", 400,
        "context is homepage, product, cart, category, search or after_purchase", "context"
      ),
      ("GET /recommendations?n=0 HTTP/1.1\r\n\r\n", 400, "n is a whole number from 1 to 100", "n"),
      ("GET /recommendations?n=101 HTTP/1.1\r\n\r\n", 400, "n is a whole number from 1 to 100", "n"),
      ("GET /recommendations?n=1e1 HTTP/1.1\r\n\r\n", 400, "n is a whole number from 1 to 100", "n"),
      ("GET /recommendations?n= HTTP/1.1\r\n\r\n", 400, "n is a whole number from 1 to 100", "n"),
      (
        "GET /recommendations HTTP/1.1\r\nMartlet-Time: now\r\n\r\n", 400,
        "not a time in milliseconds since 1970", "Martlet-Time"
      ),
      (
        "GET /recommendations HTTP/1.1\r\nMartlet-Time: 4294967295001\r\n\r\n", 400,
        "not a time in milliseconds since 1970", "Martlet-Time"
      ),
      (
        "GET /recommendations HTTP/1.1\r\nMartlet-Consent: yes\r\n\r\n", 400,
        "consent is none, session or full", "Martlet-Consent"
      ),
      (
        "GET /recommendations HTTP/1.1\r\nMartlet-Device: watch\r\n\r\n", 400,
        "device is desktop, mobile or tablet", "Martlet-Device"
      ),
      (
        "GET /session HTTP/1.1\r\nMartlet-Referrer: x\r\n\r\n", 400,
        "referrer is search, social, email, ads, direct or internal", "Martlet-Referrer"
      ),
      (
        "GET /session HTTP/1.1\r\nMartlet-Zone: 841\r\n\r\n", 400, "not minutes east of UTC, -840 to 840",
        "Martlet-Zone"
      ),
      ("POST /session HTTP/1.1\r\n\r\n", 405, "this path does not take that method", ""),
    ] as [(String, Int, String, String)])
  func badMessagesAreRefusedWithAReason(message: String, status: Int, detail: String, field: String) throws {
    let response = try #require(service.answer(Array(message.utf8)))
    #expect(response.status == status)
    #expect(response["Content-Type"] == "application/problem+json")
    #expect(response["Cache-Control"] == "no-store")
    #expect(response.number("status") == status && response.text("title") == response.reason)
    #expect(response.text("detail") == detail)
    #expect(response.text("field") == (field.isEmpty ? nil : field))
    #expect((response["Allow"] != nil) == (status == 405))
  }

  @Test func limitsAreExact() throws {
    func padded(_ head: String, _ count: Int, _ tail: String) -> [UInt8] {
      Array("\(head)\(String(repeating: "x", count: count))\(tail)".utf8)
    }
    // The target with its path and "?x=" is as long as the limit; the header lines with theirs; the body.
    let target = Limits.target - "/healthz?x=".utf8.count
    #expect(service.answer(padded("GET /healthz?x=", target, " HTTP/1.1\r\n\r\n"))?.status == 200)
    #expect(service.answer(padded("GET /healthz?x=", target + 1, " HTTP/1.1\r\n\r\n"))?.status == 414)
    let headers = Limits.headers - "A: \r\n".utf8.count
    #expect(service.answer(padded("GET /healthz HTTP/1.1\r\nA: ", headers, "\r\n\r\n"))?.status == 200)
    #expect(service.answer(padded("GET /healthz HTTP/1.1\r\nA: ", headers + 1, "\r\n\r\n"))?.status == 431)
    let event = "{\"event\":\"view\",\"item_id\":\"\"}"
    let body = Limits.body - event.utf8.count
    let blank = String(repeating: " ", count: body)
    #expect(service.post(blank + event)?.text("field") == "item_id", "read, and found wanting")
    #expect(service.post(blank + " " + event)?.status == 413)
  }

  @Test func headerNamesAndSpacesAreFree() throws {
    for header in ["Sec-GPC: 1", "sec-gpc:1", "SEC-GPC: \t1 \t"] {
      #expect(service.post("{\"event\":\"view\",\"item_id\":\"0-0\"}", header)?.json?["stored"] as? Bool == false)
    }
    #expect(service.post("{\"event\":\"view\",\"item_id\":\"0-0\"}", "Sec-GPC: 0")?.json?["stored"] as? Bool == true)
    #expect(service.get("/healthz", "X-Empty:", "X-Latin: caf\u{E9}")?.status == 200)
  }

  /// Bytes of any kind, and messages a few edits away from good ones.
  @Test func anyBytesGetAWellFormedResponse() throws {
    var random = SeededGenerator(1)
    let token = try #require(service.post("{\"event\":\"view\",\"item_id\":\"0-0\"}")?["Martlet-Session"])
    let seeds = [
      "GET /recommendations?context=product&item_id=0-1&n=3&exclude=0-2,%E8%8C%B6&region=north HTTP/1.1\r\nMartlet-Time: 1700000000000\r\nCookie: a=b; martlet_session=\(token)\r\n\r\n",
      "POST /events HTTP/1.1\r\nContent-Length: 38\r\n\r\n{\"event\":\"view\",\"item_id\":\"0-\\u0030\"} \n",
      "POST /events HTTP/1.1\r\nMartlet-Session: \(token)\r\n\r\n[{\"type\":\"Order Completed\",\"time\":1.7e9,\"properties\":{\"products\":[{\"product_id\":7}]}}]",
      "POST /events HTTP/1.1\r\n\r\n{\"event\":\"search\"}\n{\"event\":\"rate\",\"item_id\":\"0-3\"}\n",
      "GET /snapshot HTTP/1.1\r\nMartlet-Region: south\r\n\r\n", "GET /healthz HTTP/1.1\r\n\r\n",
    ].map { Array($0.utf8) }
    var statuses: [Int: Int] = [:]
    for round in 0..<100_000 {
      let message = round % 10 == 0 ? random.bytes(random.below(300)) : random.mutated(seeds[random.below(seeds.count)])
      // The whole of it is parsed for some; the others have to start and end as a message does.
      if round % 5 == 0 {
        let response = try #require(service.answer(message), "\(String(decoding: message, as: UTF8.self))")
        #expect(response.json != nil)
        statuses[response.status, default: 0] += 1
      } else {
        let isMessage = message.withView { view in
          let response = service.handle(view)
          return response.starts(with: "HTTP/1.1 ") && response[response.count - 1] == UInt8(ascii: "}")
        }
        #expect(isMessage)
      }
    }
    #expect(Set(statuses.keys).isSubset(of: [200, 400, 404, 405, 501]))
    #expect(statuses[200, default: 0] > 300 && statuses[400, default: 0] > 1_000, "\(statuses)")
  }

  @Test func withoutASnapshotOnlyThatIsSaid() throws {
    let empty = Service()
    for target in ["/healthz", "/snapshot", "/recommendations"] {
      #expect(empty.get(target)?.status == 503)
      #expect(empty.get(target)?.text("detail") == "no snapshot is open")
    }
    #expect(empty.post("{}")?.status == 503)
    empty.warmUp()
  }

  @Test func aFileThatDoesNotOpenIsExplained() throws {
    let service = Service()
    func reason(_ kind: UInt32, _ bytes: ByteView) throws -> [String: Any] {
      let problem = try #require(service.open(kind: kind, bytes))
      return try #require(
        Response(
          Array("HTTP/1.1 200 OK\r\nContent-Type: x\r\nContent-Length: \(problem.count)\r\n\r\n".utf8) + problem.array)?
          .json)
    }
    #expect(try reason(1, ByteView("no database at all"))["sqlite"] as? String == "notADatabase")
    #expect(try reason(99, ByteView(""))["reason"] as? String == "wrong kind of file")
    let region = BuiltShop.planted.files.first { $0.kind == .region }!.bytes.view
    #expect(try reason(1, region)["reason"] as? String == "wrong kind of file")
    #expect(try reason(2, region)["reason"] as? String == "cannot be opened now")
    #expect(service.open(kind: 1, BuiltShop.planted.base.view) == nil)
    #expect(service.get("/healthz")?.status == 200)
  }
}
