import Bytes

/// The 100 bytes at the start of a database file, checked. https://www.sqlite.org/fileformat2.html#the_database_header
public struct FileHeader: Sendable {
  /// In bytes: a power of two from 512 to 65536.
  public let pageSize: Int
  /// Page size less the bytes that an extension reserved at the end of each page.
  public let usableSize: Int
  /// Pages of the database; a file may hold stale ones beyond.
  public let pageCount: UInt32
  /// `PRAGMA user_version`.
  public let userVersion: UInt32
  /// `PRAGMA application_id`.
  public let applicationID: UInt32

  init(_ file: ByteView) throws(SQLiteError) {
    guard file.prefix(16).equals(ByteView("SQLite format 3\0").prefix(file.count)) else {
      throw SQLiteError(.notADatabase, at: 0)
    }
    guard file.count >= Limits.headerSize else { throw SQLiteError(.truncated, at: UInt64(file.count)) }
    pageSize = file.u16be(16) == 1 ? 65536 : Int(file.u16be(16))
    guard Limits.pageSizes.contains(pageSize), pageSize & (pageSize - 1) == 0 else {
      throw SQLiteError(.invalidPageSize, at: 16)
    }
    usableSize = pageSize - Int(file[20])
    try Self.checkVersions(file)
    guard usableSize >= Limits.usableSizeMin else { throw SQLiteError(.malformedHeader, at: 20) }
    guard file[21] == 64, file[22] == 32, file[23] == 32 else { throw SQLiteError(.malformedHeader, at: 21) }
    guard file.count >= pageSize else { throw SQLiteError(.truncated, at: UInt64(file.count)) }
    try Self.checkSchema(file)
    pageCount = try Self.pageCount(file, pageSize: pageSize)
    userVersion = file.u32be(60)
    applicationID = file.u32be(68)
  }

  private static func checkVersions(_ file: ByteView) throws(SQLiteError) {
    for offset in 18...19 where file[offset] != 1 {
      throw SQLiteError(file[offset] == 2 ? .walMode : .unsupportedVersion, at: UInt64(offset))
    }
  }

  /// SQLite sets schema format and encoding when it makes the first table; until then either may be 0.
  private static func checkSchema(_ file: ByteView) throws(SQLiteError) {
    let least: UInt32 = file.u16be(Limits.headerSize + 3) == 0 ? 0 : 1
    guard least...4 ~= file.u32be(44) else { throw SQLiteError(.unsupportedVersion, at: 44) }
    guard least...1 ~= file.u32be(56) else { throw SQLiteError(.unsupportedEncoding, at: 56) }
  }

  /// The header's count is valid when the change counter was written together with it; versions before 3.7.0 did
  /// not write it, and then the size of the file counts.
  private static func pageCount(_ file: ByteView, pageSize: Int) throws(SQLiteError) -> UInt32 {
    let wholePages = UInt32(clamping: file.count / pageSize)
    let stated = file.u32be(28)
    if stated > 0, file.u32be(24) == file.u32be(92) {
      guard stated <= wholePages else { throw SQLiteError(.truncated, at: UInt64(file.count)) }
      return stated
    }
    guard file.count % pageSize == 0 else { throw SQLiteError(.truncated, at: UInt64(file.count)) }
    return wholePages
  }
}
