import Bytes
import Configuration
import Foundation

/// Removes a person from files of events: the rows that name them as user, and rows without a user of the sessions that name them; or
/// single sessions, all of their rows. A file is replaced at once by one rename, or not at all, and every other byte of its text stays as it was; one that holds
/// nothing of the person is not touched.
public struct Erasure {
  /// What was removed from one file.
  public struct Report: Equatable, Sendable {
    public let file: String
    public var rows: UInt64 = 0
    /// Rows that name the person, and other rows of their sessions.
    public var ofUser: UInt64 = 0
    public var ofSessions: UInt64 = 0
    /// Rows that do not fit the format, in which an id of the person or of their sessions stands.
    public var unfit: UInt64 = 0

    public var removed: UInt64 { ofUser + ofSessions + unfit }
  }

  /// Nil where sessions alone are removed.
  private let user: OwnedBytes?
  private let layout: TableLayout
  /// The sessions that were asked for, then those that name the person, in whatever file.
  private var sessions = Interner()
  private let wantedCount: UInt32
  /// Bytes asked for in one read. What is removed does not depend on it.
  package var chunkLength = 256 << 10
  /// Bytes that a row may have; of a longer one only its words are looked at.
  package var rowLengthMax = LineReader.lengthLimit

  /// - Parameters:
  ///   - user: the person's id; nil for none.
  ///   - sessions: ids of sessions that go as a whole, whoever they name.
  public init(user: String?, sessions: [String] = [], _ configuration: Configuration) {
    self.user = user.map { OwnedBytes(copying: Array($0.utf8)) }
    layout = configuration.events.layout
    for session in sessions { _ = self.sessions.intern(session) }
    wantedCount = UInt32(self.sessions.count)
  }

  /// - Parameters:
  ///   - events: files as `martlet build` reads them. All are searched for sessions of the person before any is changed.
  ///   - rejects: files of rejected rows, as a build has written them.
  /// - Throws: `EventLogError`, `ErasureError`. Files named in reports before it have been replaced.
  public mutating func run(events: [String], rejects: [String], done: (Report) throws -> Void) throws {
    if let user { for path in events { try findSessions(path, user) } }
    for path in events {
      let (report, ranges) = try rowsToRemove(path)
      if !ranges.isEmpty { try FileReplacement(path).write(without: ranges, chunkLength: chunkLength) }
      try done(report)
    }
    for path in rejects {
      let (report, ranges) = try rejectsToRemove(path)
      if !ranges.isEmpty { try FileReplacement(path).write(without: ranges, chunkLength: chunkLength) }
      try done(report)
    }
  }

  // MARK: Which rows

  private mutating func findSessions(_ path: String, _ user: OwnedBytes) throws {
    let reader = try open(path)
    let columns = try columns(reader)
    while let outcome = try reader.next() {
      guard case .row = outcome else {
        try reader.lines.drain { _ in }
        continue
      }
      let session = columns.session.text(reader.slots)
      if !session.isEmpty, columns.user.text(reader.slots).equals(user.view) { _ = sessions.intern(session) }
    }
  }

  private func rowsToRemove(_ path: String) throws -> (Report, [Range<UInt64>]) {
    let reader = try open(path)
    let columns = try columns(reader)
    var report = Report(file: path)
    var ranges: [Range<UInt64>] = []
    let ids = ids()
    while let outcome = try reader.next() {
      report.rows += 1
      let start = reader.lines.offset
      var isRemoved = false
      switch outcome {
      case .row:
        let name = columns.user.text(reader.slots)
        if let user, name.equals(user.view) {
          report.ofUser += 1
          isRemoved = true
        } else if let session = sessions.find(columns.session.text(reader.slots)), session < wantedCount || name.isEmpty
        {
          report.ofSessions += 1
          isRemoved = true
        }
      case .unfit:
        var search = WordSearch(ids)
        try reader.lines.drain { search.add($0) }
        isRemoved = search.isFound()
        if isRemoved { report.unfit += 1 }
      }
      if isRemoved { ranges.append(start..<reader.lines.endOffset) }
    }
    return (report, ranges)
  }

  /// A rejects file is a table of its own, whose last column is the escaped row.
  private func rejectsToRemove(_ path: String) throws -> (Report, [Range<UInt64>]) {
    var report = Report(file: path)
    var ranges: [Range<UInt64>] = []
    let ids = ids()
    let lines = try lines(path)
    _ = try lines.next()
    while try lines.next() {
      report.rows += 1
      let start = lines.offset
      var search = WordSearch(ids)
      var escapes = RejectsWriter.Unescaping()
      try lines.drain { piece in
        let row = escapes.bytes(piece)
        withExtendedLifetime(row) { search.add(row.view) }
      }
      guard search.isFound() else { continue }
      report.unfit += 1
      ranges.append(start..<lines.endOffset)
    }
    return (report, ranges)
  }

  /// The person's id, and those of their sessions: what an unfit row is searched for.
  private func ids() -> [OwnedBytes] {
    let ids = (0..<UInt32(sessions.count)).map { session in
      sessions.withBytes(session) { OwnedBytes(copying: $0.bytes) }
    }
    return ids + (user.map { [$0] } ?? [])
  }

  // MARK: Files

  private func open(_ path: String) throws -> any RowReader {
    guard path != "-" else { throw ErasureError.notAFile(path: "standard input") }
    return try openRows(lines(path), format: layout.format)
  }

  private func lines(_ path: String) throws -> LineReader {
    try LineReader(ByteSource(path: path), chunkLength: chunkLength, lengthLimit: rowLengthMax)
  }

  /// - Throws: `ErasureError.noColumn` where a file says of no row whose it is, or which session's.
  private func columns(_ reader: any RowReader) throws -> (user: FieldReader, session: FieldReader) {
    let columns = try FieldColumns(
      reader, FileLayout(layout, of: reader), fields: [.userID, .sessionID], required: [], key: "events")
    reader.select(columns.plan)
    for (field, isNeeded) in [(Field.userID, user != nil), (.sessionID, wantedCount > 0)]
    where isNeeded && !columns[field].isRead {
      throw ErasureError.noColumn(field, file: reader.lines.source.name, found: reader.columns)
    }
    return (columns[.userID], columns[.sessionID])
  }
}

/// Why a person could not be removed; the file that is named is as it was.
public enum ErasureError: Error, Equatable, Sendable, CustomStringConvertible {
  case notAFile(path: String)
  case noColumn(Field, file: String, found: [String])
  /// Somebody wrote to the file meanwhile.
  case changed(file: String)
  case system(call: String, path: String, reason: String)

  public var description: String {
    switch self {
    case .notAFile(let path): "\(path) is no file: nothing can be removed from it"
    case .noColumn(let field, let file, let found):
      "\(file): no column says which \(field == .userID ? "user" : "session") a row is of; "
        + "name it under events.columns.\(field.rawValue); the columns are: "
        + found.joined(separator: ", ")
    case .changed(let file):
      "\(file) was changed while it was read; nothing was replaced: stop what writes to it, run again"
    case .system(let call, let path, let reason): "\(call) \(path): \(reason); nothing was replaced"
    }
  }
}
