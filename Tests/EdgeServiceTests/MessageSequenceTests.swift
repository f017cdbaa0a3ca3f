import Bytes
import EdgeService
import TestSupport
import Testing

@Suite struct MessageSequenceTests {
  @Test func messagesAreCutByTheirLength() {
    let messages = [
      "GET /healthz HTTP/1.1\r\n\r\n", "POST /events HTTP/1.1\r\nCONTENT-length: \t5 \r\n\r\nab\r\n\r",
      "POST /events HTTP/1.1\r\nContent-Length: 0\r\n\r\n", "GET / HTTP/1.1\r\nA: b\r\n\r\n",
    ]
    #expect(cut(messages.joined()) == messages)
    #expect(cut("") == [])
  }

  @Test func whatCannotBeCutIsOneLastMessage() {
    for last in [
      "GET / HTTP/1.1", "GET / HTTP/1.1\r\nA: b\r\n", "POST / HTTP/1.1\r\nContent-Length: 99\r\n\r\nshort",
      "POST / HTTP/1.1\r\nContent-Length: 4294967295\r\n\r\nshort",
    ] {
      #expect(cut("GET / HTTP/1.1\r\n\r\n" + last) == ["GET / HTTP/1.1\r\n\r\n", last])
    }
  }

  /// The service must not see another length than the cut: two lengths are refused, whichever comes first.
  @Test func twoLengthsAreRefused() throws {
    let service = BuiltShop.planted.service()
    let event = "{\"event\":\"view\",\"item_id\":\"0-0\"}"
    for lengths in [[event.utf8.count, 0], [0, event.utf8.count]] {
      let headers = lengths.map { "Content-Length: \($0)\r\n" }.joined()
      let message = "POST /events HTTP/1.1\r\n\(headers)\r\n\(event)"
      let first = try #require(cut(message).first)
      #expect(service.answer(Array(first.utf8))?.text("field") == "Content-Length")
    }
  }

  @Test func everyStreamIsCutIntoItself() {
    var random = SeededGenerator(1)
    let seed = Array("POST / HTTP/1.1\r\nContent-Length: 7\r\n\r\n\r\nGET\r\nGET / HTTP/1.1\r\n\r\n".utf8)
    for _ in 0..<20_000 {
      let stream = random.mutated(random.mutated(seed))
      #expect(cut(stream).flatMap { $0 } == stream)
    }
  }

  private func cut(_ stream: String) -> [String] { cut(Array(stream.utf8)).map { String(decoding: $0, as: UTF8.self) } }

  private func cut(_ stream: [UInt8]) -> [[UInt8]] {
    stream.withView { view in
      var sequence = MessageSequence(view)
      var messages: [[UInt8]] = []
      // A message without a byte would never end.
      while let message = sequence.next(), !message.isEmpty { messages.append(message.array) }
      return messages
    }
  }
}
