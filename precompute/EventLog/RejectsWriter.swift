import Bytes
import Foundation

#if canImport(Glibc)
  import Glibc
#endif

/// Counts the rows that do not fit, keeps the first few, and writes all of them to a file: tab-separated file, line,
/// reason and the whole row, in which backslash, tab, line feed and carriage return are escaped, so that a
/// row is one line and its bytes can be had back.
public final class RejectsWriter {
  private let path: String?
  /// Opened with the first row that does not fit.
  private var file: UnsafeMutablePointer<FILE>?
  /// Bytes of a row that the summary shows.
  private static let excerptLimit = 160

  /// - Parameter path: nil: rows are counted but not written. What stood there from an earlier read is removed.
  public init(path: String?) throws(EventLogError) {
    self.path = path
    guard let path else { return }
    if unlink(path) != 0, errno != ENOENT {
      throw .rejectsNotWritten(file: path, reason: String(cString: strerror(errno)))
    }
  }

  /// Rows may name people: only the owner may read them.
  private func open(_ path: String) throws(EventLogError) {
    let descriptor = Glibc.open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard descriptor >= 0, let file = fdopen(descriptor, "w") else {
      throw .rejectsNotWritten(file: path, reason: String(cString: strerror(errno)))
    }
    self.file = file
    fputs("file\tline\treason\trow\n", file)
  }

  deinit { if let file { fclose(file) } }

  /// Writes the start of a line; the row follows in one or more pieces.
  func begin(_ name: String, _ line: UInt64, _ reason: RejectReason) throws(EventLogError) {
    if file == nil, let path { try open(path) }
    guard let file else { return }
    fputs("\(name)\t\(line)\t\(reason.rawValue)\t", file)
  }

  func append(_ row: ByteView) {
    guard let file else { return }
    var start = 0
    for index in 0..<row.count {
      let escape: Int32
      switch row[index] {
      case UInt8(ascii: "\\"): escape = 0x5C
      case UInt8(ascii: "\t"): escape = 0x74
      case UInt8(ascii: "\n"): escape = 0x6E
      case UInt8(ascii: "\r"): escape = 0x72
      default: continue
      }
      fwrite(row.start + start, 1, index - start, file)
      putc(0x5C, file)
      putc(escape, file)
      start = index + 1
    }
    fwrite(row.start + start, 1, row.count - start, file)
  }

  func end() {
    if let file { putc(0x0A, file) }
  }

  /// The bytes of a row as they were before they were escaped, piece by piece.
  struct Unescaping {
    /// The last piece ended behind a backslash.
    private var isEscaped = false

    mutating func bytes(_ piece: ByteView) -> OwnedBytes {
      var bytes: [UInt8] = []
      for index in 0..<piece.count {
        let byte = piece[index]
        if !isEscaped, byte == UInt8(ascii: "\\") {
          isEscaped = true
          continue
        }
        bytes.append(isEscaped ? Unescaping.meaning(of: byte) : byte)
        isEscaped = false
      }
      return OwnedBytes(copying: bytes)
    }

    private static func meaning(of byte: UInt8) -> UInt8 {
      switch byte {
      case UInt8(ascii: "t"): 0x09
      case UInt8(ascii: "n"): 0x0A
      case UInt8(ascii: "r"): 0x0D
      default: byte
      }
    }
  }

  static func excerpt(_ row: ByteView) -> String {
    let bytes = UnsafeRawBufferPointer(start: row.start, count: min(row.count, excerptLimit))
    let text = String(decoding: bytes, as: UTF8.self)
    return (row.count > excerptLimit ? text + "…" : text).replacing("\r", with: "\\r").replacing("\n", with: "\\n")
  }

  /// Makes sure that all is written.
  func flush() throws(EventLogError) {
    guard let file, let path else { return }
    if fflush(file) != 0 || ferror(file) != 0 {
      throw EventLogError.rejectsNotWritten(file: path, reason: String(cString: strerror(errno)))
    }
  }
}
