import ArgumentParser
import Bytes
import Configuration
import Foundation
import Recommender
import Report
import Session
import SnapshotFormat
import SnapshotWriter

struct Rules: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Checks the rules of a configuration, or shows which of them hold for a session and why.",
    subcommands: [Check.self, Explain.self])

  struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Reads and compiles the rules; with --snapshots, for the names of a published shop.")

    @Option(name: .long, help: "The configuration.")
    var config: String

    @Option(name: .long, help: "A directory that `martlet build` has published to.")
    var snapshots: String?

    func run() throws {
      let rules = try Configuration.load(path: config).rules
      guard let snapshots else {
        print("\(counted(rules.count, "rule")); with --snapshots, names are checked too")
        return
      }
      let published = try PublishedBase(directory: snapshots)
      let compiled = try published.compile(rules)
      for warning in compiled.warnings { printToStandardError(warning) }
      for rule in compiled.rules { print("\(rule.id): \(rule.meaning)") }
      print(
        "\(counted(rules.count, "rule")), \(counted(compiled.segments.count, "segment")), \(compiled.bytes.count) bytes"
      )
    }
  }

  struct Explain: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Shows which rules hold for a session, and why.",
      discussion: """
        The rules are those of --config, whether the snapshot was built with them or not. Events are lines of JSON as for POST /events, \
        with their times.
        """)

    @Option(name: .long, help: "The configuration.")
    var config: String

    @Option(name: .long, help: "A directory that `martlet build` has published to.")
    var snapshots: String

    @Option(name: .long, help: "The session's token.")
    var token: String?

    @Option(name: .long, help: "A file of the session's events, a JSON object a line; - for standard input.")
    var events: String?

    @Option(name: .long, help: "The moment, as 2026-01-31T12:00:00Z or in seconds [default: that of the newest event].")
    var at: String?

    @Option(name: .long, help: "The visitor's region.")
    var region = ""

    @Option(name: .long, help: "desktop, mobile or tablet.")
    var device: String?

    @Option(name: .long, help: "search, social, email, ads, direct or internal.")
    var referrer: String?

    @Option(name: .long, help: "The page's context.")
    var page = "homepage"

    @Option(name: .long, help: "Local time minus UTC, minutes.")
    var zone: Int32 = 0

    func validate() throws {
      if (token == nil) == (events == nil) { throw ValidationError("Either --token or --events.") }
      _ = try moment()
    }

    func run() throws {
      let published = try PublishedBase(directory: snapshots)
      let compiled = try published.compile(try Configuration.load(path: config).rules)
      for warning in compiled.warnings { printToStandardError(warning) }
      let source = try events.map { try SessionSource.events($0) } ?? .token(token ?? "")
      var query = try query()
      let newest = try source.session(published.recommender, at: .max).time
      query.request.now = try moment() ?? newest
      let region = OwnedBytes(copying: Array(region.utf8))
      query.region = region.view
      let explanation = try RuleExplanation(compiled, published.recommender, &query) { moment in
        try source.session(published.recommender, at: moment)
      }
      print(explanation.text)
      withExtendedLifetime(region) {}
    }

    private func moment() throws -> UInt32? {
      guard let at else { return nil }
      if let seconds = UInt32(at) { return seconds }
      guard let date = try? Date(at, strategy: .iso8601), let seconds = UInt32(exactly: date.timeIntervalSince1970)
      else {
        throw ValidationError("--at is a time such as 2026-01-31T12:00:00Z.")
      }
      return seconds
    }

    private func query() throws -> Query {
      var query = Query()
      guard let page = Context.allCases.first(where: { "\($0.name)" == page }) else {
        throw ValidationError("--page is homepage, product, cart, category, search or after_purchase.")
      }
      query.context = page
      query.request.zoneMinutes = zone
      if let device {
        query.request.device = RequestContext.Device.allCases.first { "\($0.name)" == device }
        if query.request.device == nil { throw ValidationError("--device is desktop, mobile or tablet.") }
      }
      if let referrer {
        query.request.referrer = RequestContext.Referrer.allCases.first { "\($0.name)" == referrer }
        if query.request.referrer == nil {
          throw ValidationError("--referrer is search, social, email, ads, direct or internal.")
        }
      }
      return query
    }
  }
}

/// The base in force of a directory, open.
private final class PublishedBase {
  let recommender = Recommender()
  private let bytes: OwnedBytes

  init(directory: String) throws {
    let manifest = try Manifest.load(directory: directory)
    guard let base = manifest.files.first(where: { $0.kind == "base" }) else {
      throw ValidationError("\(directory) has no base file.")
    }
    bytes = OwnedBytes(copying: [UInt8](try manifest.read(base, in: directory)))
    do throws(SnapshotError) {
      try recommender.open(.base, bytes.view)
    } catch {
      throw ValidationError(
        "\(directory)/\(base.name): \(error); an older martlet's snapshot has to be built again")
    }
  }

  func compile(_ rules: [Rule]) throws -> CompiledRules {
    guard let base = recommender.snapshots.base else { throw ValidationError("No base is open.") }
    return try CompiledRules(rules, RuleNames(base), isStrict: true)
  }
}

/// Where a session comes from.
private enum SessionSource {
  case token(String)
  case happened([(item: String, type: EventType, time: UInt32)])

  /// Reads lines of JSON.
  static func events(_ path: String) throws -> SessionSource {
    let lines = String(decoding: try contents(path), as: UTF8.self).split(separator: "\n")
    let events = try lines.enumerated().map { number, line in
      let object = try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
      guard let object, let name = (object["event"] ?? object["type"]) as? String,
        var time = (object["time"] ?? object["timestamp"]) as? Double, time >= 0,
        let type = OwnedBytes(copying: Array(name.utf8)).withType()
      else { throw ValidationError("\(path):\(number + 1): not an event with a known name and a time.") }
      if time > Double(UInt32.max) { time /= 1000 }
      let id = object["item_id"] ?? object["product_id"]
      return (item: id.map { "\($0)" } ?? "", type: type, time: UInt32(time))
    }
    return .happened(events.sorted { $0.time < $1.time })
  }

  private static func contents(_ path: String) throws -> Data {
    if path == "-" { return FileHandle.standardInput.readDataToEndOfFile() }
    guard let data = try? Data(contentsOf: URL(filePath: path)) else {
      throw ValidationError("\(path): the file cannot be read")
    }
    return data
  }

  /// The session as it is at `moment`; at `.max`, when the newest event has just happened.
  func session(_ recommender: Recommender, at moment: UInt32) throws -> Session {
    var session = Session()
    switch self {
    case .token(let token):
      let (text, scratch) = (OwnedBytes(copying: Array(token.utf8)), OwnedBytes(capacity: 4096))
      guard SessionToken.read(text.view, scratch: scratch, into: &session) else {
        throw ValidationError("--token is no token of a session.")
      }
    case .happened(let events):
      for event in events where event.time <= moment {
        recommender.expire(&session, now: event.time)
        let id = OwnedBytes(copying: Array(event.item.utf8))
        let name = event.item.isEmpty ? 0 : recommender.snapshots.base?.name(ofID: id.view) ?? 0
        recommender.record(Signal(item: name, type: event.type, time: event.time), in: &session)
      }
    }
    if moment != .max { recommender.expire(&session, now: moment) }
    return session
  }
}

extension OwnedBytes {
  fileprivate func withType() -> EventType? { EventType(named: view) }
}
