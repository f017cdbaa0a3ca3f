import Bytes

/// A row or an index entry, in the file's record format: a header of serial types, then the values.
///
/// A record is a view: of the file, or, when the payload has overflow pages, of a buffer of the cursor that gave it,
/// and then valid until that cursor moves. Two things are as SQLite stores them: the column of an INTEGER PRIMARY
/// KEY is NULL (its value is the rowid), and a row older than an `ALTER TABLE ADD COLUMN` ends before that column.
/// A column of REAL affinity may hold an integer.
public struct Record {
  /// Of the payload's first byte in the file; errors carry it.
  public let offset: UInt64
  private let payload: ByteView
  private let headerStart: Int
  private let headerSize: Int
  /// What a value that reaches beyond the payload is.
  private let shortage: SQLiteError.Kind

  package init(
    _ payload: ByteView, at offset: UInt64, shortage: SQLiteError.Kind = .malformedRecord
  ) throws(SQLiteError) {
    guard let header = payload.varint(at: 0), header.value >= UInt64(header.length),
      header.value <= UInt64(payload.count)
    else { throw SQLiteError(shortage, at: offset) }
    self.offset = offset
    self.shortage = shortage
    self.payload = payload
    headerStart = header.length
    headerSize = Int(header.value)
  }

  /// The values from first to last.
  public var values: RecordValues {
    RecordValues(
      header: payload.prefix(headerSize).dropFirst(headerStart), body: payload.dropFirst(headerSize), offset: offset,
      shortage: shortage)
  }

  /// The value of column `index`, counted from 0, or nil where the record has fewer columns. Walks the header up to
  /// there: to read many columns, walk `values`.
  @inline(never)
  public func value(at index: Int) throws(SQLiteError) -> Value? {
    var values = values
    for _ in 0..<index {
      guard try values.skip() else { return nil }
    }
    return try values.next()
  }

  public func columnCount() throws(SQLiteError) -> Int {
    var values = values
    var count = 0
    while try values.skip() { count &+= 1 }
    return count
  }
}

/// A walk over the values of a record.
public struct RecordValues {
  private var header: ByteView
  private var body: ByteView
  private let offset: UInt64
  private let shortage: SQLiteError.Kind

  fileprivate init(header: ByteView, body: ByteView, offset: UInt64, shortage: SQLiteError.Kind) {
    self.header = header
    self.body = body
    self.offset = offset
    self.shortage = shortage
  }

  /// The next value, or nil after the last.
  @inline(never)
  public mutating func next() throws(SQLiteError) -> Value? {
    guard let (type, content) = try step() else { return nil }
    return type.value(content)
  }

  /// Passes the next value; false after the last.
  mutating func skip() throws(SQLiteError) -> Bool {
    try step() != nil
  }

  @inline(never)
  private mutating func step() throws(SQLiteError) -> (SerialType, ByteView)? {
    if header.isEmpty { return nil }
    guard let varint = header.varint(at: 0), let type = SerialType(varint.value),
      let content = body.slice(0, type.size)
    else { throw SQLiteError(shortage, at: offset) }
    header = header.dropFirst(varint.length)
    body = body.dropFirst(type.size)
    return (type, content)
  }
}
