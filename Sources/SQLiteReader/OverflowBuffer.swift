import Bytes

/// Where payloads that continue on overflow pages are put together: the only memory that a reader allocates.
struct OverflowBuffer: ~Copyable {
  private var buffer: OwnedBytes?
  /// The cell whose payload the buffer holds; asking twice for one record then reads its chain once.
  private var page: UInt32 = 0
  private var index = 0
  private var size = 0

  mutating func assemble(
    _ cell: Cell, _ local: ByteView, at page: BTreePage, _ index: Int, in pages: PageSource, visitsLeft: inout UInt32
  ) throws(SQLiteError) -> ByteView {
    if self.page == page.number, self.index == index, let buffer { return buffer.view.prefix(size) }
    let error = SQLiteError(.overflowChain, at: page.offset &+ UInt64(cell.payloadOffset &+ cell.localSize))
    let perPage = pages.usableSize &- 4
    let chainLength = (cell.payloadSize &- cell.localSize &- 1) / perPage &+ 1
    // Before anything is allocated: a chain longer than the file cannot be there.
    guard chainLength <= visitsLeft else { throw error }
    visitsLeft &-= UInt32(chainLength)
    self.page = 0
    var writer = ByteWriter(reserve(cell.payloadSize))
    writer.append(local)
    var next = cell.overflowPage
    for _ in 0..<chainLength {
      guard next > 1 else { throw error }
      let bytes = try pages.page(next)
      writer.append(bytes.dropFirst(4).prefix(cell.payloadSize &- writer.count))
      next = bytes.u32be(0)
    }
    // A chain that does not end here runs in a circle or belongs to another cell.
    guard next == 0 else { throw error }
    (self.page, self.index, size) = (page.number, index, cell.payloadSize)
    return writer.view
  }

  private mutating func reserve(_ capacity: Int) -> OwnedBytes {
    if let buffer, buffer.capacity >= capacity { return buffer }
    buffer = nil
    let grown = OwnedBytes(capacity: capacity)
    buffer = grown
    return grown
  }
}
