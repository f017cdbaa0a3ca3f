import Bytes

/// A cell that carries a payload: of a table leaf, or of any page of an index b-tree.
struct Cell {
  /// 0 in an index b-tree.
  let rowid: Int64
  /// Of the whole payload, in bytes.
  let payloadSize: Int
  /// Of the payload's first byte, in the page.
  let payloadOffset: Int
  /// Bytes of the payload on this page.
  let localSize: Int
  /// First page of the rest, or 0.
  let overflowPage: UInt32
}

extension BTreePage {
  /// The rowid of cell `index` of a table page, leaf or interior.
  func rowid(_ index: Int) throws(SQLiteError) -> Int64 {
    var position = try cellOffset(index)
    if isInterior {
      position &+= 4
    } else {
      guard let payloadSize = bytes.varint(at: position) else { throw malformedCell(index) }
      position &+= payloadSize.length
    }
    guard let rowid = bytes.varint(at: position) else { throw malformedCell(index) }
    return Int64(bitPattern: rowid.value)
  }

  func cell(_ index: Int) throws(SQLiteError) -> Cell {
    var position = try cellOffset(index) &+ (isInterior ? 4 : 0)
    guard let size = bytes.varint(at: position), size.value <= Limits.payloadSize else { throw malformedCell(index) }
    position &+= size.length
    var rowid: Int64 = 0
    if tree == .table {
      guard let varint = bytes.varint(at: position) else { throw malformedCell(index) }
      rowid = Int64(bitPattern: varint.value)
      position &+= varint.length
    }
    let payloadSize = Int(size.value)
    let localSize = localSize(payloadSize)
    let spills = localSize < payloadSize
    guard bytes.has(position, localSize &+ (spills ? 4 : 0)) else { throw malformedCell(index) }
    return Cell(
      rowid: rowid, payloadSize: payloadSize, payloadOffset: position, localSize: localSize,
      overflowPage: spills ? bytes.u32be(position &+ localSize) : 0)
  }

  /// How much of a payload stays on the page, by the format's rule: all of it up to a maximum, else what lets the
  /// overflow pages be full. https://www.sqlite.org/fileformat2.html#cellformat
  private func localSize(_ payloadSize: Int) -> Int {
    let usable = bytes.count
    let maximum = tree == .table ? usable &- 35 : (usable &- 12) &* 64 / 255 &- 23
    guard payloadSize > maximum else { return payloadSize }
    let minimum = (usable &- 12) &* 32 / 255 &- 23
    let filling = minimum &+ (payloadSize &- minimum) % (usable &- 4)
    return filling <= maximum ? filling : minimum
  }
}
