import Bytes
import SQLiteReader
import Testing

struct FileHeaderTests {
  /// A database of three pages with some of its bytes replaced.
  private func open(_ changes: [Int: UInt8], dropping dropped: Int = 0, adding added: Int = 0) throws -> FileHeader {
    let file = try SQLiteFile(pageSize: 1024, "CREATE TABLE t(a)", "CREATE TABLE u(a)", "PRAGMA user_version = 77")
    var bytes = array(file.view)
    for (offset, value) in changes { bytes[offset] = value }
    bytes = bytes.dropLast(dropped) + [UInt8](repeating: 0, count: added)
    let view = lasting(bytes)
    return try Database(view).header
  }

  @Test func fields() throws {
    let header = try open([71: 9])
    #expect(header.pageSize == 1024)
    #expect(header.usableSize == 1024)
    #expect(header.pageCount == 3)
    #expect(header.userVersion == 77)
    #expect(header.applicationID == 9)
  }

  @Test(arguments: [512, 1024, 2048, 4096, 8192, 16384, 32768, 65536])
  func pageSizes(size: Int) throws {
    let file = try SQLiteFile(pageSize: size, "CREATE TABLE t(a)")
    #expect(try Database(file.view).header.pageSize == size)
  }

  @Test(
    arguments: [
      ([0: 0x73], .notADatabase, 0), ([15: 1], .notADatabase, 0),
      ([16: 0, 17: 0], .invalidPageSize, 16), ([16: 1], .invalidPageSize, 16), ([17: 2], .invalidPageSize, 16),
      ([18: 2], .walMode, 18), ([19: 2], .walMode, 19), ([18: 3], .unsupportedVersion, 18),
      ([19: 0], .unsupportedVersion, 19), ([16: 2, 20: 33], .malformedHeader, 20), ([21: 63], .malformedHeader, 21),
      ([23: 0], .malformedHeader, 21), ([47: 0], .unsupportedVersion, 44), ([47: 5], .unsupportedVersion, 44),
      ([44: 1], .unsupportedVersion, 44), ([59: 0], .unsupportedEncoding, 56), ([59: 2], .unsupportedEncoding, 56),
      ([59: 3], .unsupportedEncoding, 56), ([31: 4], .truncated, 3072),
    ] as [([Int: UInt8], SQLiteError.Kind, UInt64)])
  func refused(changes: [Int: UInt8], kind: SQLiteError.Kind, offset: UInt64) throws {
    #expect(throws: SQLiteError(kind, at: offset)) { try open(changes) }
  }

  @Test(arguments: [1, 1023, 1024, 2048, 2972, 2973, 3057, 3072])
  func truncated(by dropped: Int) throws {
    #expect(throws: SQLiteError(.truncated, at: UInt64(3072 - dropped))) { try open([:], dropping: dropped) }
  }

  @Test func pagesBeyondTheDatabaseAreNotThere() throws {
    #expect(try open([:], adding: 2048).pageCount == 3)
  }

  /// A writer before 3.7.0 moved the change counter only: its file's size counts, not the stale number of pages.
  @Test func staleCount() throws {
    #expect(try open([24: 1, 31: 1], adding: 1024).pageCount == 4)
    #expect(try open([31: 0]).pageCount == 3)
    #expect(throws: SQLiteError(.truncated, at: 3073)) { try open([24: 1], adding: 1) }
  }

  @Test func withoutTables() throws {
    let file = try SQLiteFile(pageSize: 512, "PRAGMA user_version = 1")
    var schema = try Database(file.view).schema()
    let isEmpty = try schema.next() == nil
    #expect(isEmpty)
  }

  @Test func everyKindHasItsOwnName() {
    let kinds = (UInt8.min...UInt8.max).compactMap(SQLiteError.Kind.init(rawValue:))
    #expect(Set(kinds.map { "\($0.name)" }).count == kinds.count)
    for kind in kinds { #expect("\(kind.name)" == "\(kind)") }
  }
}
