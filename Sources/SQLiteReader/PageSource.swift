import Bytes

/// Hands out pages by number. Everything above it sees pages only, so that another source may hold some of them.
///
/// Every cursor holds one and every page is asked of it: four words in wasm32, which are passed in registers.
public struct PageSource: Sendable {
  private let file: ByteView
  public let pageCount: UInt32
  private let pageSizeShift: UInt8
  private let reservedSize: UInt8

  init(_ file: ByteView, _ header: FileHeader) {
    self.file = file
    pageCount = header.pageCount
    pageSizeShift = UInt8(header.pageSize.trailingZeroBitCount)
    reservedSize = UInt8(header.pageSize - header.usableSize)
  }

  /// In bytes, without those reserved at the end of each page.
  var usableSize: Int { 1 &<< Int(pageSizeShift) &- Int(reservedSize) }

  /// The usable bytes of page `number`, counted from 1, in place.
  public func page(_ number: UInt32) throws(SQLiteError) -> ByteView {
    // A number in range fits `Int`, as does the offset: the file is in memory.
    guard number >= 1, number <= pageCount, let bytes = file.slice(Int(number &- 1) &<< Int(pageSizeShift), usableSize)
    else { throw SQLiteError(.pageOutOfRange, at: offset(of: number)) }
    return bytes
  }

  /// Where page `number` begins, or would begin, in the file.
  func offset(of number: UInt32) -> UInt64 {
    number == 0 ? 0 : UInt64(number &- 1) &<< UInt64(pageSizeShift)
  }
}
