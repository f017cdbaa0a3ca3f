import Bytes
import JSONText

/// Writes one response message: the body first, into a buffer of its own, then the head with its length, then both
/// together.
struct HTTPResponse {
  static func write(
    status: Int, reason: StaticString, contentType: StaticString, body: ByteView, headers: ByteView,
    into output: inout ByteWriter
  ) {
    output.append("HTTP/1.1 ")
    output.appendDecimal(UInt64(status))
    output.append(" ")
    output.append(reason)
    output.append("\r\nContent-Type: ")
    output.append(contentType)
    output.append("\r\nContent-Length: ")
    output.appendDecimal(UInt64(body.count))
    output.append("\r\n")
    output.append(headers)
    output.append("\r\n")
    output.append(body)
  }
}
