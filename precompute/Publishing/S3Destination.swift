import Foundation

/// A bucket of Amazon S3 or of a store with the same interface (R2, MinIO, Ceph, …). Requests are made and signed by `curl`, which
/// knows version 4 of the signatures (`--aws-sigv4`) since 7.75.
struct S3Destination: Destination {
  let name: String
  private let address: String
  private let region: String
  private let credentials: Credentials

  struct Credentials {
    let accessKey: String
    let secretKey: String
    let sessionToken: String?

    /// From the environment variables that all tools for S3 read.
    init(_ environment: [String: String]) throws {
      guard let accessKey = environment["AWS_ACCESS_KEY_ID"], let secretKey = environment["AWS_SECRET_ACCESS_KEY"]
      else {
        throw PublishingError.credentials("S3 needs AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment")
      }
      (self.accessKey, self.secretKey, sessionToken) = (accessKey, secretKey, environment["AWS_SESSION_TOKEN"])
    }
  }

  init(
    bucket: String, prefix: String, endpoint: String?, region: String,
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws {
    name = "s3://\(bucket)/\(prefix)"
    let host = endpoint ?? "https://s3.\(region).amazonaws.com"
    let folder = "\(host.hasSuffix("/") ? String(host.dropLast()) : host)/\(bucket)/\(prefix)"
    guard let url = URL(string: folder), url.scheme == "https" || url.scheme == "http" else {
      throw PublishingError.destination(name, "\(host) is not the address of a store")
    }
    address = folder
    self.region = region
    credentials = try Credentials(environment)
  }

  func has(_ file: String, bytes: Int) throws -> Bool {
    let answer = try request(file, ["head"])
    if answer.status == 404 { return false }
    guard answer.status == 200 else { throw refusal(file, answer) }
    return answer.headers["content-length"] == "\(bytes)"
  }

  func put(_ path: String, as file: String) throws {
    let isManifest = file.hasSuffix(".json")
    let answer = try request(
      file,
      [
        "upload-file = \(quoted(path))",
        "header = \(quoted("Content-Type: \(isManifest ? "application/json" : "application/vnd.sqlite3")"))",
        // Files are named by content and never change.
        "header = \(quoted("Cache-Control: \(isManifest ? "max-age=30" : "public, max-age=31536000, immutable")"))",
      ])
    guard answer.status == 200 else { throw refusal(file, answer) }
  }

  private struct Answer {
    let status: Int
    let headers: [String: String]
    let body: String
  }

  /// Options go through standard input, out of sight of a list of processes.
  private func request(_ file: String, _ options: [String]) throws -> Answer {
    var lines = [
      "url = \(quoted(address + file))", "user = \(quoted("\(credentials.accessKey):\(credentials.secretKey)"))",
      "aws-sigv4 = \(quoted("aws:amz:\(region):s3"))", "silent", "show-error", "retry = 3", "connect-timeout = 10",
      "dump-header = \"-\"",
    ]
    if let token = credentials.sessionToken { lines.append("header = \(quoted("x-amz-security-token: \(token)"))") }
    let command = Command(
      name: "curl", arguments: ["--config", "-"], input: (lines + options).joined(separator: "\n") + "\n")
    return S3Destination.answer(try command.check().output)
  }

  /// The last head that came (an interim answer, a retry or both may stand before it), and what follows it.
  private static func answer(_ text: String) -> Answer {
    var rest = text[...]
    var answer = Answer(status: 0, headers: [:], body: "")
    while rest.hasPrefix("HTTP/"), let end = rest.range(of: "\r\n\r\n") {
      let lines = rest[..<end.lowerBound].components(separatedBy: "\r\n")
      rest = rest[end.upperBound...]
      var headers: [String: String] = [:]
      for line in lines.dropFirst() {
        guard let colon = line.firstIndex(of: ":") else { continue }
        headers[line[..<colon].lowercased()] = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
      }
      let status = lines[0].split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
      answer = Answer(status: status, headers: headers, body: String(rest))
    }
    return answer
  }

  private func refusal(_ file: String, _ answer: Answer) -> PublishingError {
    .refused(name + file, status: answer.status, answer: String(answer.body.prefix(500)))
  }

  private func quoted(_ text: String) -> String {
    let escaped = text.replacingOccurrences(of: "\\", with: "\\\\").replacingOccurrences(of: "\"", with: "\\\"")
    return "\"\(escaped)\""
  }
}
