import Bytes
import EdgeService
import JSONText

/// What a damaged shop is asked: every route and context, a known visitor with a session that rules look at.
enum FuzzQuestions {
  static let all: [StaticString] = [
    """
    POST /events HTTP/1.1\r\nMartlet-Time: 1700334000000\r\nMartlet-Session-Id: s\r\n\r\n\
    [{"event":"view","item_id":"grinder"},{"event":"view","item_id":"beans"},{"event":"view","item_id":"lamp"},\
    {"event":"add_to_cart","item_id":"biscuits"},{"event":"search","query":"tea"},{"event":"purchase","item_id":"tea"}]
    """,
    """
    GET /recommendations?context=homepage&n=100&region=Faroe%20Islands HTTP/1.1\r\nMartlet-Time: 1700336000000\r\n\
    Martlet-Session-Id: s\r\nMartlet-Device: mobile\r\nMartlet-Referrer: ads\r\n\
    Martlet-Key: AAECAwQFBgcICQoLDA0ODw\r\n\r\n
    """,
    """
    GET /recommendations?context=product&item_id=teapot&n=12&diversity=0.5&max_per_brand=2&boost=brand:2:Nord\
    &pin=1:cup&region=North HTTP/1.1\r\nMartlet-Time: 1700336000000\r\nMartlet-Session-Id: s\r\n\r\n
    """,
    """
    GET /recommendations?context=search&q=coffee%20gl&n=20 HTTP/1.1\r\nMartlet-User: u7\r\nMartlet-Consent: full\r\n\
    Martlet-Key: AAECAwQFBgcICQoLDA0ODw\r\nMartlet-Time: 1700336000000\r\n\r\n
    """,
    """
    GET /recommendations?placements=a:homepage:4,b:cart:4,c:after_purchase:4&item_id=cup HTTP/1.1\r\n\
    Martlet-Time: 1700336000000\r\nMartlet-Session-Id: s\r\n\r\n
    """,
    "GET /recommendations?context=category&category=Kitchen%20%3E%20Tea&exclude_tag=organic&max_price=50 HTTP/1.1\r\n\r\n",
    "GET /session HTTP/1.1\r\nMartlet-Session-Id: s\r\nMartlet-Time: 1700336000000\r\n\r\n",
    "GET /snapshot HTTP/1.1\r\n\r\n",
  ]
}

extension Checksum {
  mutating func ask(_ service: Service, _ line: StaticString, token: ByteView, body: StaticString) {
    let message = OwnedBytes(capacity: token.count + 256)
    var writer = ByteWriter(message)
    writer.append(line)
    writer.append(" HTTP/1.1\r\nMartlet-Time: 1700336000000\r\nMartlet-Session: ")
    writer.append(token)
    writer.append("\r\n\r\n")
    writer.append(body)
    ask(service, writer.view)
  }

  /// Adds the answer to `message`, which has to be a whole message whatever came in: a status that is documented, the length
  /// of its body, and a body that is JSON.
  @discardableResult
  mutating func ask(_ service: Service, _ message: ByteView) -> ByteView {
    let answer = service.handle(message)
    add(answer)
    precondition(answer.starts(with: "HTTP/1.1 "))
    let status = answer.dropFirst(9).prefix(3).unsignedDecimal() ?? 0
    let body = FuzzAnswer.body(answer)
    switch status {
    case 204: precondition(body.isEmpty)
    case 200, 400, 404, 405, 413, 414, 431, 500, 503:
      do throws(JSONError) { _ = try JSONValue.parse(body) } catch { preconditionFailure("the body is no JSON") }
    default: preconditionFailure("an unknown status")
    }
    return answer
  }
}

enum FuzzAnswer {
  /// The value of the header line that starts so.
  static func header(_ start: StaticString, in answer: ByteView) -> ByteView? {
    var line = 0
    while let end = answer.firstIndex(of: 0x0D, from: line), end > line {
      let header = answer.prefix(end).dropFirst(line)
      if header.starts(with: start) { return header.dropFirst(start.utf8CodeUnitCount) }
      line = end + 2
    }
    return nil
  }

  /// What follows the head, which says how long it is: a line end that came in must not have ended the head early.
  static func body(_ answer: ByteView) -> ByteView {
    var length: UInt64?
    var line = 0
    while let end = answer.firstIndex(of: 0x0D, from: line) {
      precondition(answer.has(end, 2) && answer[end + 1] == 0x0A)
      if end == line { break }
      let header = answer.prefix(end).dropFirst(line)
      if header.starts(with: "Content-Length: ") {
        precondition(length == nil)
        length = header.dropFirst(16).unsignedDecimal()
      }
      line = end + 2
    }
    let body = answer.dropFirst(line + 2)
    precondition(length == UInt64(body.count))
    return body
  }
}
