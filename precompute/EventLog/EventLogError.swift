import Foundation

/// Why the input could not be read as a whole. Single unfit rows are no errors; they are counted as rejects.
public enum EventLogError: Error, Equatable, Sendable, CustomStringConvertible {
  case unreadable(file: String, reason: String)
  /// `byte` is the offset in the compressed file up to which it could be read.
  case badGzip(file: String, byte: UInt64, reason: String)
  case noHeader(file: String)
  case missingColumn(file: String, column: String, purpose: String, found: [String])
  case repeatedColumn(file: String, column: String)
  /// Neither a session nor a user column: nothing says which events belong together.
  case noSession(file: String, found: [String])
  case tooManyRejects(
    what: String, rows: UInt64, rejected: [RejectReason: UInt64], maximumShare: Double, first: [Reject])
  case noEvents(rows: UInt64)
  case tooManyDistinct(what: String)
  case rejectsNotWritten(file: String, reason: String)

  public var description: String {
    switch self {
    case .unreadable(let file, let reason):
      "\(file): cannot be read: \(reason)"
    case .badGzip(let file, let byte, let reason):
      "\(file): gzip data is damaged at byte \(byte): \(reason)"
    case .noHeader(let file):
      "\(file): there is no header line with the names of the columns"
    case .missingColumn(let file, let column, let purpose, let found):
      "\(file): there is no column \"\(column)\" (\(purpose)); the columns are: \(found.joined(separator: ", "))"
    case .repeatedColumn(let file, let column):
      "\(file): the header names the column \"\(column)\" twice"
    case .noSession(let file, let found):
      "\(file): there is neither a session column nor a user column, so nothing says which events belong together; "
        + "name one under events.columns.session_id or user_id; the columns are: \(found.joined(separator: ", "))"
    case .tooManyRejects(let what, let rows, let rejected, let maximumShare, let first):
      Self.describe(what, rows, rejected, maximumShare, first)
    case .noEvents(let rows):
      "no event was kept of \(rows) rows"
    case .tooManyDistinct(let what):
      "there are more than 4,294,967,294 distinct \(what)"
    case .rejectsNotWritten(let file, let reason):
      "\(file): the rejected rows cannot be written: \(reason)"
    }
  }

  private static func describe(
    _ what: String, _ rows: UInt64, _ rejected: [RejectReason: UInt64], _ maximumShare: Double, _ first: [Reject]
  ) -> String {
    let total = rejected.values.reduce(0, +)
    let share = String(format: "%.1f", 100 * Double(total) / Double(max(rows, 1)))
    let limit = String(format: "%g", 100 * maximumShare)
    let reasons = RejectReason.allCases.compactMap { reason in rejected[reason].map { "\($0) \(reason.rawValue)" } }
    let examples = first.map { "\n  \($0)" }.joined()
    return
      "\(total) of \(rows) \(what) rows (\(share) %) do not fit, more than the \(limit) % that reject.max_share allows: "
      + reasons.joined(separator: ", ") + examples
  }
}

/// Why a row does not fit.
public enum RejectReason: String, CaseIterable, Sendable {
  case tooFewFields = "too few fields"
  case tooManyFields = "too many fields"
  case badQuoting = "bad quoting"
  case tooLong = "row too long"
  case invalidJSON = "invalid JSON"
  case notAnObject = "not a JSON object"
  case nestedValue = "JSON object or list where a value is expected"
  case invalidUTF8 = "invalid UTF-8"
  case controlCharacter = "control character in an id"
  case idTooLong = "id too long"
  case textTooLong = "title, category, brand or address too long"
  case missingItem = "missing item"
  case missingSession = "missing session"
  case missingUser = "missing user"
  case missingEvent = "missing event type"
  case unknownEvent = "unknown event type"
  case missingTime = "missing time"
  case badTime = "bad time"
  case timeToCome = "time in the future"
  case badNumber = "bad number"
  case badPrice = "bad price"
  case badAvailability = "bad availability"
}

/// A row that did not fit, as the summary shows it.
public struct Reject: Equatable, Sendable, CustomStringConvertible {
  public let file: String
  /// The line on which the row starts, from 1.
  public let line: UInt64
  public let reason: RejectReason
  /// The start of the row.
  public let text: String

  public var description: String { "\(file):\(line): \(reason.rawValue): \(text)" }
}
