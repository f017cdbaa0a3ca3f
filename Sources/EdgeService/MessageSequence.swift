import Bytes

/// Request messages that follow each other in one stream: a message ends after its head, or `Content-Length` bytes later.
/// What cannot be cut so (no end of the head, a length beyond the stream) is one last message, for the service to refuse.
public struct MessageSequence {
  private var rest: ByteView

  public init(_ stream: ByteView) { rest = stream }

  public mutating func next() -> ByteView? {
    guard !rest.isEmpty else { return nil }
    let length = min(MessageSequence.length(of: rest), rest.count)
    let message = rest.prefix(length)
    rest = rest.dropFirst(length)
    return message
  }

  private static func length(of stream: ByteView) -> Int {
    var line = 0
    var body: UInt64 = 0
    while let end = stream.firstIndex(of: 0x0D, from: line), stream.has(end, 2), stream[end + 1] == 0x0A {
      if end == line { return Int(min(body, UInt64(stream.count))) + end + 2 }
      let header = stream.prefix(end).dropFirst(line)
      if let colon = header.firstIndex(of: UInt8(ascii: ":")), header.prefix(colon).equalsIgnoringCase("content-length")
      {
        body = header.dropFirst(colon + 1).trimmed.unsignedDecimal() ?? 0
      }
      line = end + 2
    }
    return stream.count
  }
}
