import Bytes
import Foundation

/// Walks the lines of a source through a window of bounded size. The row, one line or several taken together, is a view
/// into the window and is valid until the next call. A line feed ends a line, a carriage return before it or at the end of
/// the text belongs to the line end, and the last line needs none.
final class LineReader {
  /// Bytes that a row may have where nothing else is said.
  static let lengthLimit = 1 << 20

  /// Bytes that a row may have here; a longer one is a reject.
  let lengthLimit: Int
  let source: ByteSource
  /// The number of the line on which the row starts, from 1.
  private(set) var number: UInt64 = 0
  /// Where the row starts in the source's text, in bytes; and where it ends with its line end, known once a row that is too long
  /// has been drained.
  private(set) var offset: UInt64 = 0
  var endOffset: UInt64 { offset + UInt64(drained + extent.consumed) }
  /// Bytes of the row that `drain` has left behind.
  private var drained = 0
  /// The row has more bytes than the limit and only the first of them are in `row`; `drain` hands out all.
  private(set) var isTooLong = false

  private let buffer: OwnedBytes
  private let chunkLength: Int
  /// What has been read and not yet left behind is `start..<filled`.
  private var start = 0
  private var filled = 0
  /// The row's bytes without and with its line end, counted from `start`; and the same of its first line.
  private var extent = (length: 0, consumed: 0)
  private var firstLine = (length: 0, consumed: 0)
  private var nextNumber: UInt64 = 1

  /// - Parameter chunkLength: bytes asked for in one read; what is read does not depend on it.
  init(_ source: ByteSource, chunkLength: Int, lengthLimit: Int = LineReader.lengthLimit) throws {
    self.source = source
    self.chunkLength = chunkLength
    self.lengthLimit = lengthLimit
    buffer = OwnedBytes(capacity: lengthLimit + 8 + chunkLength)
    try skipByteOrderMark()
  }

  /// The current row without its line end.
  var row: ByteView { view(extent.length) }

  /// Moves to the next line. False at the end of the source.
  func next() throws -> Bool {
    if isTooLong { try drain { _ in } }
    start += extent.consumed
    offset = endOffset
    drained = 0
    extent = (0, 0)
    number = nextNumber
    switch try lineEnd(from: 0) {
    case .none: return false
    case .found(let found): extent = found
    case .tooFar:
      isTooLong = true
      extent = (lengthLimit, lengthLimit)
    }
    firstLine = extent
    nextNumber += 1
    return true
  }

  /// Takes the following line into the row. False where there is none or the row would get too long.
  func extend() throws -> Bool {
    guard !isTooLong, case .found(let found) = try lineEnd(from: extent.consumed) else { return false }
    extent = found
    nextNumber += 1
    return true
  }

  /// Makes the row its first line again.
  func retreat() {
    extent = firstLine
    nextNumber = number + 1
  }

  /// Hands out the row in pieces; `next` passes over what is left of one that is too long.
  func drain(_ body: (ByteView) -> Void) throws {
    body(row)
    while isTooLong {
      start += extent.consumed
      drained += extent.consumed
      extent = (0, 0)
      if start == filled, try !fill() { break }
      if let newline = view(filled - start).newline(from: 0) {
        extent = (newline, newline + 1)
        isTooLong = false
      } else {
        extent = (filled - start, filled - start)
      }
      body(row)
    }
    isTooLong = false
  }

  private enum LineEnd {
    case none, tooFar
    case found((length: Int, consumed: Int))
  }

  /// The end of the line that starts at `offset` from the row's start.
  private func lineEnd(from offset: Int) throws -> LineEnd {
    var searched = offset
    while true {
      let window = view(filled - start)
      if let newline = window.newline(from: searched) {
        return newline > lengthLimit ? .tooFar : .found((content(offset..<newline), newline + 1))
      }
      searched = window.count
      if searched > lengthLimit { return .tooFar }
      if try !fill() { return searched == offset ? .none : .found((content(offset..<searched), searched)) }
    }
  }

  /// The end of a line without the carriage return that it may have.
  private func content(_ line: Range<Int>) -> Int {
    !line.isEmpty && view(line.upperBound)[line.upperBound - 1] == 0x0D ? line.upperBound - 1 : line.upperBound
  }

  /// Reads one chunk behind what is there. False at the end of the source.
  private func fill() throws -> Bool {
    if buffer.capacity - filled < chunkLength {
      memmove(buffer.start, buffer.start + start, filled - start)
      (start, filled) = (0, filled - start)
    }
    let count = try source.read(into: UnsafeMutableRawBufferPointer(start: buffer.start + filled, count: chunkLength))
    filled += count
    return count > 0
  }

  private func skipByteOrderMark() throws {
    while filled < 3, try fill() {}
    let head = view(min(filled, 3))
    if head.starts(with: "\u{FEFF}") { (start, offset) = (3, 3) }
    if head.count >= 2, head.u16le(0) == 0xFEFF || head.u16be(0) == 0xFEFF {
      throw EventLogError.unreadable(file: source.name, reason: "the text is UTF-16; UTF-8 is expected")
    }
  }

  private func view(_ count: Int) -> ByteView { ByteView(base: UnsafeRawPointer(buffer.start + start), count: count) }
}

extension ByteView {
  /// `firstIndex(of:)` for a line feed by the C library, which looks at many bytes at once.
  fileprivate func newline(from offset: Int) -> Int? {
    memchr(start + offset, 0x0A, count - offset).map { start.distance(to: UnsafeRawPointer($0)) }
  }
}
