import Bytes

/// One HTTP/1.1 request message, parsed in place: start line, headers, and a body that is all bytes after the blank
/// line. The module's transport is a buffer, so there is no chunking and no connection.
struct HTTPRequest {
  enum Method {
    case get, post, delete, other
  }

  let method: Method
  /// Without the query, as sent; routes are plain ASCII.
  let path: ByteView
  /// After the `?`; empty where there is none.
  let query: ByteView
  let headers: HTTPHeaders
  let body: ByteView

  init(_ message: ByteView) throws(Problem) {
    var rest = message
    guard var line = rest.removeLine() else { throw .badRequest("the start line has no end") }
    guard let name = line.removeFirst(before: 0x20), var target = line.removeFirst(before: 0x20),
      line.equals("HTTP/1.1")
    else { throw .badRequest("the start line is not 'METHOD target HTTP/1.1'") }
    method = name.equals("GET") ? .get : name.equals("POST") ? .post : name.equals("DELETE") ? .delete : .other
    guard !target.isEmpty, target[0] == UInt8(ascii: "/") else { throw .badRequest("the target is not a path") }
    guard target.count <= Limits.target else {
      throw Problem(.uriTooLong, "the target is longer than 8 KB")
    }
    path = target.removeField(before: UInt8(ascii: "?"))
    query = target
    headers = try HTTPHeaders(before: &rest)
    body = rest
    try check()
  }

  /// Throws where the request has another method than the one that its path takes.
  func allow(_ method: Method) throws(Problem) {
    guard self.method == method else { throw .methodNotAllowed(method == .get ? "GET" : "POST") }
  }

  private func check() throws(Problem) {
    guard headers["transfer-encoding"] == nil else {
      throw Problem(.notImplemented, "Transfer-Encoding is not understood")
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

  /// Takes the header section and the blank line off `rest`, once each line has been found to have a name.
  fileprivate init(before rest: inout ByteView) throws(Problem) {
    let section = rest
    var count = 0
    while let line = rest.removeLine() {
      let length = section.count &- rest.count
      if line.isEmpty {
        lines = section.prefix(length)
        return
      }
      count &+= 1
      guard count <= Limits.headerLines else { throw Problem(.headersTooLarge, "there are more than 256 headers") }
      var value = line
      guard let name = value.removeFirst(before: UInt8(ascii: ":")), !name.isEmpty else {
        throw .badRequest("a header line has no name")
      }
      for index in name.indices where !HTTPHeaders.isTokenCharacter(name[index]) {
        throw .badRequest("a header name has a character that names do not have")
      }
      guard length <= Limits.headers else { throw Problem(.headersTooLarge, "the headers are longer than 32 KB") }
    }
    throw .badRequest("the headers do not end in a blank line")
  }

  /// The value of the first header of that name (in lower case), without spaces around it.
  @inline(never)
  subscript(_ name: StaticString) -> ByteView? {
    var rest = lines
    while var line = rest.removeLine(), let found = line.removeFirst(before: UInt8(ascii: ":")) {
      if found.equalsIgnoringCase(name) { return line.trimmed }
    }
    return nil
  }

  /// The value of a cookie, in the first `Cookie` header.
  func cookie(_ name: StaticString) -> ByteView? {
    guard var rest = self["cookie"] else { return nil }
    while !rest.isEmpty {
      var value = rest.removeField(before: UInt8(ascii: ";")).trimmed
      if let found = value.removeFirst(before: UInt8(ascii: "=")), found.equals(name) { return value }
    }
    return nil
  }

  private static func isTokenCharacter(_ byte: UInt8) -> Bool {
    switch byte {
    // RFC 9110 §5.6.2: visible ASCII but for the delimiters.
    case 0x22, 0x28, 0x29, 0x2C, 0x2F, 0x3A...0x40, 0x5B...0x5D, 0x7B, 0x7D: false
    default: byte > 0x20 && byte < 0x7F
    }
  }
}

extension ByteView {
  /// Removes and gives the first line, without its CR LF; nil where it does not end so.
  @inline(never)
  fileprivate mutating func removeLine() -> ByteView? {
    var rest = self
    guard let line = rest.removeFirst(before: 0x0D), !rest.isEmpty, rest[0] == 0x0A else { return nil }
    self = rest.dropFirst(1)
    return line
  }
}
