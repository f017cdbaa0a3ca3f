/// Why a file could not be read, and where.
public struct SQLiteError: Error, Equatable {
  public let kind: Kind
  /// Offset in the file of the bytes at fault: the field of the header, the page, the cell or the record.
  public let offset: UInt64

  public init(_ kind: Kind, at offset: UInt64) {
    self.kind = kind
    self.offset = offset
  }

  public enum Kind: UInt8, Sendable {
    /// The file ends before the bytes that its header promises.
    case truncated
    /// The file does not begin with SQLite's magic string.
    case notADatabase
    case invalidPageSize
    /// Written in write-ahead-log mode: the newest pages may stand in another file.
    case walMode
    /// A read, write or schema format version that this reader does not know.
    case unsupportedVersion
    /// UTF-16, or no known encoding.
    case unsupportedEncoding
    /// A header field with a value that the format forbids.
    case malformedHeader
    /// A page number that is zero or beyond the end of the database.
    case pageOutOfRange
    /// A page of an unknown kind, or with more cells than it can hold.
    case malformedPage
    /// A page of the other kind of b-tree than its parent or its use asks for.
    case wrongTree
    /// A cell that reaches out of its page.
    case malformedCell
    /// An overflow chain shorter or longer than its payload.
    case overflowChain
    /// More levels, or more pages in one scan, than the file can hold: some page is reached twice.
    case cycle
    /// A record whose header or values do not fit its payload, or a reserved serial type.
    case malformedRecord
    /// A row of `sqlite_schema` that does not describe an object.
    case malformedSchema
    /// A search in an index that is declared with DESC or COLLATE, without saying in which order it is sorted.
    case unknownKeyOrder
    /// A value asked for as a BLOB that is none.
    case notABlob
    /// A value asked for in place that continues on overflow pages.
    case notInPlace

    public var name: StaticString {
      switch self {
      case .truncated: "truncated"
      case .notADatabase: "notADatabase"
      case .invalidPageSize: "invalidPageSize"
      case .walMode: "walMode"
      case .unsupportedVersion: "unsupportedVersion"
      case .unsupportedEncoding: "unsupportedEncoding"
      case .malformedHeader: "malformedHeader"
      case .pageOutOfRange: "pageOutOfRange"
      case .malformedPage: "malformedPage"
      case .wrongTree: "wrongTree"
      case .malformedCell: "malformedCell"
      case .overflowChain: "overflowChain"
      case .cycle: "cycle"
      case .malformedRecord: "malformedRecord"
      case .malformedSchema: "malformedSchema"
      case .unknownKeyOrder: "unknownKeyOrder"
      case .notABlob: "notABlob"
      case .notInPlace: "notInPlace"
      }
    }
  }
}
