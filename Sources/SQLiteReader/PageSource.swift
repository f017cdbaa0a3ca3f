import Bytes

/// Hands out pages by number. Everything above it sees pages only, so that another source may hold some of them.
public struct PageSource: Sendable {
  public let header: FileHeader
  private let file: ByteView

  init(_ file: ByteView) throws(SQLiteError) {
    header = try FileHeader(file)
    self.file = file
  }

  /// The usable bytes of page `number`, counted from 1, in place.
  public func page(_ number: UInt32) throws(SQLiteError) -> ByteView {
    // A number in range fits `Int`, as does the offset: the file is in memory.
    guard number >= 1, number <= header.pageCount,
      let bytes = file.slice(Int(number &- 1) &* header.pageSize, header.usableSize)
    else { throw SQLiteError(.pageOutOfRange, at: offset(of: number)) }
    return bytes
  }

  /// Where page `number` begins, or would begin, in the file.
  func offset(of number: UInt32) -> UInt64 {
    number == 0 ? 0 : UInt64(number &- 1) &* UInt64(header.pageSize)
  }
}
