import Bytes
import EdgeService
import JSONText
import Session

/// A stream of request messages, as a host's connection or the WASI command reads it.
func fuzzMessages(_ input: ByteView, _ shop: FuzzShop) -> UInt64 {
  var checksum = Checksum()
  let service = shop.scorer()
  var messages = MessageSequence(input)
  var count = 0
  while count < 16, let message = messages.next() {
    checksum.ask(service, message)
    count += 1
  }
  return checksum.value
}

/// A body of events, then what the session makes of it.
func fuzzEvents(_ body: ByteView, _ shop: FuzzShop) -> UInt64 {
  var checksum = Checksum()
  let service = shop.scorer()
  let message = OwnedBytes(capacity: body.count + 256)
  var writer = ByteWriter(message)
  writer.append("POST /events HTTP/1.1\r\nMartlet-Time: 1700334000000\r\nMartlet-Want: events\r\n\r\n")
  writer.append(body)
  let answer = checksum.ask(service, writer.view)
  guard let given = FuzzAnswer.header("Martlet-Session: ", in: answer) else { return checksum.value }
  // The next answer takes its place.
  let token = OwnedBytes(capacity: given.count)
  token.start.copyMemory(from: given.start, byteCount: given.count)
  checksum.ask(service, "GET /session", token: token.view, body: "")
  checksum.ask(service, "GET /recommendations", token: token.view, body: "")
  return checksum.value
}

/// A token: a zero and its text, or any other byte and what the text stands for. A session has one token, and what is none leaves
/// nothing.
func fuzzToken(_ input: ByteView, _ shop: FuzzShop) -> UInt64 {
  guard !input.isEmpty else { return 0 }
  var checksum = Checksum()
  let text = OwnedBytes(capacity: 2 * input.count)
  var token = ByteWriter(text)
  if input[0] == 0 { token.append(input.dropFirst(1)) } else { Base64URL.encode(input.dropFirst(1), into: &token) }
  var session = Session()
  session.record(Signal(item: 1, type: .view, time: 1))
  let scratch = OwnedBytes(capacity: 4096)
  if SessionToken.read(token.view, scratch: scratch, into: &session) {
    let copy = OwnedBytes(capacity: SessionToken.charactersMax)
    var again = ByteWriter(copy)
    SessionToken.write(session, scratch: scratch, into: &again)
    precondition(again.view.equals(token.view))
  } else {
    precondition(session.isEmpty && session.sequence == 0 && session.visit == 0)
  }
  // A line end would only make another message of it.
  guard token.view.firstIndex(of: 0x0D) == nil else { return checksum.value }
  let service = shop.scorer()
  checksum.ask(service, "GET /recommendations?n=20", token: token.view, body: "")
  checksum.ask(service, "GET /session", token: token.view, body: "")
  checksum.ask(service, "POST /events", token: token.view, body: "{\"event\":\"view\",\"item_id\":\"lamp\"}")
  return checksum.value
}
