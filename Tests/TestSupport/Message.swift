import Bytes
import EdgeService
import Foundation

/// A response message, taken apart by a reader of its own that accepts nothing but what HTTP/1.1 allows.
public struct Response {
  public let status: Int
  public let reason: String
  public let headers: [(name: String, value: String)]
  public let body: [UInt8]

  /// Nil where the message is not well formed or its Content-Length is not the body's.
  public init?(_ message: [UInt8]) {
    guard let end = message.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
    let head = String(decoding: message[..<end.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
    guard let match = head[0].wholeMatch(of: /HTTP\/1\.1 ([1-5][0-9]{2}) ([A-Za-z ]+)/), let status = Int(match.1)
    else { return nil }
    var headers: [(name: String, value: String)] = []
    for line in head.dropFirst() {
      guard let match = line.wholeMatch(of: /([A-Za-z-]+): ([\x21-\x7E]([\x20-\x7E]*[\x21-\x7E])?)/) else { return nil }
      headers.append((String(match.1), String(match.2)))
    }
    (self.status, reason, self.headers, body) = (status, String(match.2), headers, Array(message[end.upperBound...]))
    guard self["Content-Length"] == String(body.count), self["Content-Type"] != nil else { return nil }
  }

  /// The value of the only header of that name.
  public subscript(_ name: String) -> String? {
    let found = headers.filter { $0.name == name }
    return found.count == 1 ? found[0].value : nil
  }

  /// The body by Foundation's parser.
  public var json: [String: Any]? { try? JSONSerialization.jsonObject(with: Data(body)) as? [String: Any] }

  /// For a recommendation: the ids in order.
  public var ids: [String] { ((json?["items"] as? [[String: Any]]) ?? []).compactMap { $0["item_id"] as? String } }

  public func text(_ key: String) -> String? { json?[key] as? String }
  public func number(_ key: String) -> Int? { json?[key] as? Int }
}

extension Service {
  /// The response to a message; nil where it is not well formed.
  public func answer(_ message: [UInt8]) -> Response? { message.withView { Response(handle($0).array) } }

  public func get(_ target: String, _ headers: String...) -> Response? {
    answer(Array("GET \(target) HTTP/1.1\r\n\(headers.map { $0 + "\r\n" }.joined())\r\n".utf8))
  }

  public func post(_ body: String, _ headers: String...) -> Response? {
    answer(Array("POST /events HTTP/1.1\r\n\(headers.map { $0 + "\r\n" }.joined())\r\n\(body)".utf8))
  }
}

extension BuiltShop {
  /// A service with all files open.
  public func service() -> Service {
    let service = Service()
    for file in files where service.open(kind: file.kind.rawValue, file.bytes.view) != nil {
      fatalError("a file of the planted shop does not open")
    }
    return service
  }
}
