import ArgumentParser
import Configuration
import EventLog
import Foundation
import Report

struct Forget: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Removes a person, or single sessions, from event files.",
    discussion: """
      Of a person go the rows that name them, and rows without a user of their sessions. Of a session, which `GET /session` shows as \
      `visit`, all rows go.

      Every other byte of a file's text stays as it was, and a file is replaced at once or not at all. Stop what writes to the files \
      meanwhile. The next `martlet build` from them knows nothing of the person; generations kept for rollback do until they are \
      dropped. No list of the forgotten is kept: should rows of theirs arrive later, run it again.
      """)

  @Option(name: .long, help: "The id of the person, as the user column has it.")
  var user: String?

  @Option(name: .long, parsing: .upToNextOption, help: "Ids of sessions, as the session column has them.")
  var session: [String] = []

  @Option(name: .long, help: "The configuration that says which columns hold user and session.")
  var config: String?

  @Option(name: .long, parsing: .upToNextOption, help: "Files of events, gzipped or not.")
  var events: [String] = []

  @Option(name: .long, parsing: .upToNextOption, help: "Files of rejected rows that builds have written.")
  var rejects: [String] = []

  func validate() throws {
    if user?.isEmpty ?? session.isEmpty { throw ValidationError("--user or --session needs an id.") }
    if session.contains("") { throw ValidationError("--session needs ids that are not empty.") }
    if events.isEmpty && rejects.isEmpty { throw ValidationError("--events or --rejects needs at least one file.") }
  }

  func run() throws {
    let configuration = try config.map { try Configuration.load(path: $0) } ?? .default
    var erasure = Erasure(user: user, sessions: session, configuration)
    try erasure.run(events: events, rejects: rejects) { report in
      print(Self.line(report))
    }
  }

  private static func line(_ report: Erasure.Report) -> String {
    guard report.removed > 0 else { return "\(report.file): nothing of theirs in \(counted(report.rows, "row"))" }
    let parts = [
      (report.ofUser, "that name the person"), (report.ofSessions, "of their sessions"),
      (report.unfit, "that cannot be read and hold an id of theirs"),
    ]
    let kinds = parts.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }.joined(separator: ", ")
    return "\(report.file): removed \(report.removed) of \(counted(report.rows, "row")): \(kinds)"
  }
}
