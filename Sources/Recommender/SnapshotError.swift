import SQLiteReader

/// Why a file was not opened. A class, so that throwing one passes a single word.
public final class SnapshotError: Error {
  public enum Kind: UInt8, Sendable {
    /// Not SQLite, or damaged: `sqlite` says what and where.
    case database
    /// A SQLite file, but `application_id` is not Martlet's.
    case notASnapshot
    case unknownFormatVersion
    case wrongKind
    case missingTable
    case missingKey
    case badValue
    case wrongBlockSize
    /// A region or text file of another generation than the base.
    case otherGeneration
    /// A region file before the base, a second base, or more regions than the module holds.
    case notNow

    public var name: StaticString {
      switch self {
      case .database: "damaged database"
      case .notASnapshot: "not a snapshot"
      case .unknownFormatVersion: "unknown format version"
      case .wrongKind: "wrong kind of file"
      case .missingTable: "missing table"
      case .missingKey: "missing key in meta"
      case .badValue: "bad value"
      case .wrongBlockSize: "wrong block size"
      case .otherGeneration: "file of another generation"
      case .notNow: "cannot be opened now"
      }
    }
  }

  public let kind: Kind
  /// The table, or the key in `meta`, that is concerned.
  public let table: StaticString
  public let sqlite: SQLiteError?

  public init(_ kind: Kind, table: StaticString, sqlite: SQLiteError?) {
    self.kind = kind
    self.table = table
    self.sqlite = sqlite
  }

  @inline(never)
  public convenience init(_ kind: Kind, table: StaticString = "") { self.init(kind, table: table, sqlite: nil) }

  /// The reader's error, met in `table`.
  @inline(never)
  convenience init(_ error: SQLiteError, table: StaticString) { self.init(.database, table: table, sqlite: error) }
}

#if !hasFeature(Embedded)
  extension SnapshotError: CustomStringConvertible {
    public var description: String {
      let place = table.utf8CodeUnitCount == 0 ? "" : " (\(table))"
      guard let sqlite else { return "\(kind.name)\(place)" }
      return "\(kind.name)\(place): \(sqlite.kind.name) at \(sqlite.offset)"
    }
  }
#endif
