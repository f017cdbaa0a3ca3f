import Bytes

/// One HTTP/1.1 request message, parsed in place: start line, headers, and a body that is all bytes after the blank
/// line. The module's transport is a buffer, so there is no chunking and no connection.
struct HTTPRequest {
  enum Method {
    case get, post, other
  }

  let method: Method
  /// Without the query, as sent; routes are plain ASCII.
  let path: ByteView
  /// After the `?`; empty where there is none.
  let query: ByteView
  let headers: HTTPHeaders
  let body: ByteView

  init(_ message: ByteView) throws(Problem) {
    guard let lineEnd = message.endOfLine(from: 0) else { throw .badRequest("the start line has no end") }
    let line = message.prefix(lineEnd)
    guard let first = line.firstIndex(of: 0x20), let second = line.firstIndex(of: 0x20, from: first + 1),
      line.dropFirst(second + 1).equals("HTTP/1.1")
    else { throw .badRequest("the start line is not 'METHOD target HTTP/1.1'") }
    let name = line.prefix(first)
    method = name.equals("GET") ? .get : name.equals("POST") ? .post : .other
    let target = line.prefix(second).dropFirst(first + 1)
    guard !target.isEmpty, target[0] == UInt8(ascii: "/") else { throw .badRequest("the target is not a path") }
    guard target.count <= Limits.target else {
      throw Problem(.uriTooLong, "the target is longer than 8 KB")
    }
    let mark = target.firstIndex(of: UInt8(ascii: "?")) ?? target.count
    path = target.prefix(mark)
    query = target.dropFirst(mark + 1)
    let afterLine = message.dropFirst(lineEnd + 2)
    let headerCount = try HTTPHeaders.length(afterLine)
    headers = HTTPHeaders(afterLine.prefix(headerCount))
    body = afterLine.dropFirst(headerCount + 2)
    try check()
  }

  /// Throws where the request has another method than the one that its path takes.
  func allow(_ method: Method) throws(Problem) {
    guard self.method == method else {
      throw Problem(
        .methodNotAllowed, "this path does not take that method", allow: method == .get ? "GET" : "POST")
    }
  }

  private func check() throws(Problem) {
    guard headers["transfer-encoding"] == nil else {
      throw Problem(.notImplemented, "Transfer-Encoding is not understood: the body is all bytes after the blank line")
    }
    guard body.count <= Limits.body else { throw Problem(.contentTooLarge, "the body is longer than 64 KB") }
    if let length = headers["content-length"] {
      guard length.unsignedDecimal() == UInt64(body.count) else {
        throw .badRequest("Content-Length differs from the bytes of the body", field: "Content-Length")
      }
    }
  }
}

/// The header section, looked through at each question: a host passes on a dozen headers.
struct HTTPHeaders {
  private let lines: ByteView

  /// `lines` is checked: each line ends in CRLF and has a name and a colon.
  fileprivate init(_ lines: ByteView) { self.lines = lines }

  /// The length of the header lines up to the blank line.
  fileprivate static func length(_ bytes: ByteView) throws(Problem) -> Int {
    var offset = 0
    while let end = bytes.endOfLine(from: offset) {
      if end == offset { return offset }
      guard let colon = bytes.firstIndex(of: UInt8(ascii: ":"), from: offset), colon < end, colon > offset else {
        throw .badRequest("a header line has no name")
      }
      for index in offset..<colon where !isTokenCharacter(bytes[index]) {
        throw .badRequest("a header name has a character that names do not have")
      }
      offset = end + 2
      guard offset <= Limits.headers else {
        throw Problem(.headersTooLarge, "the headers are longer than 32 KB")
      }
    }
    throw .badRequest("the headers do not end in a blank line")
  }

  /// The value of the first header of that name (in lower case), without spaces around it.
  subscript(_ name: StaticString) -> ByteView? {
    var offset = 0
    while let end = lines.endOfLine(from: offset), let colon = lines.firstIndex(of: UInt8(ascii: ":"), from: offset) {
      if lines.prefix(colon).dropFirst(offset).equalsIgnoringCase(name) {
        return lines.prefix(end).dropFirst(colon + 1).trimmed
      }
      offset = end + 2
    }
    return nil
  }

  /// The value of a cookie, in the first `Cookie` header.
  func cookie(_ name: StaticString) -> ByteView? {
    guard var rest = self["cookie"] else { return nil }
    while !rest.isEmpty {
      let end = rest.firstIndex(of: UInt8(ascii: ";")) ?? rest.count
      let pair = rest.prefix(end).trimmed
      rest = rest.dropFirst(end + 1)
      if let equals = pair.firstIndex(of: UInt8(ascii: "=")), pair.prefix(equals).equals(name) {
        return pair.dropFirst(equals + 1)
      }
    }
    return nil
  }

  private static func isTokenCharacter(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."): true
    default: false
    }
  }
}

extension ByteView {
  /// Where the line that holds `from` ends: the index of its CR LF.
  fileprivate func endOfLine(from: Int) -> Int? {
    guard let end = firstIndex(of: 0x0D, from: from), has(end, 2), self[end + 1] == 0x0A else { return nil }
    return end
  }
}
