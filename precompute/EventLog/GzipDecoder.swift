import Bytes
import CZlib

/// Decompresses gzip members one after another (RFC 1952), as `gzip -d` does with concatenated files. Zeros after the
/// last member, which tapes and some writers leave, are ignored.
final class GzipDecoder {
  private static let inputCapacity = 64 << 10

  private let file: String
  private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
  private let input = OwnedBytes(capacity: GzipDecoder.inputCapacity)
  /// Compressed bytes that have been handed to zlib, minus those that it has not taken.
  private var consumed: UInt64 = 0
  private var isInsideMember = true
  private var isAtEndOfInput = false

  init(file: String) throws {
    self.file = file
    stream.initialize(to: z_stream())
    // 15 bits of window, and 16 says that a gzip header is expected.
    let code = inflateInit2_(stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    guard code == Z_OK else { throw EventLogError.badGzip(file: file, byte: 0, reason: "zlib cannot start (\(code))") }
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
  }

  /// Fills `output` as far as it goes; zero is the end. `refill` reads compressed bytes.
  func read(
    into output: UnsafeMutableRawBufferPointer, refill: (UnsafeMutableRawBufferPointer) throws -> Int
  ) throws -> Int {
    stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: Bytef.self)
    stream.pointee.avail_out = uInt(output.count)
    while stream.pointee.avail_out == uInt(output.count) {
      if stream.pointee.avail_in == 0 { try take(refill) }
      if isAtEndOfInput, stream.pointee.avail_in == 0 {
        guard !isInsideMember else { throw failure("the file ends in the middle of the data") }
        return 0
      }
      if !isInsideMember, try !startNextMember() { continue }
      let before = stream.pointee.avail_in
      let code = inflate(stream, Z_NO_FLUSH)
      consumed += UInt64(before - stream.pointee.avail_in)
      switch code {
      case Z_STREAM_END: isInsideMember = false
      case Z_OK, Z_BUF_ERROR: break
      default: throw failure(stream.pointee.msg.map { String(cString: $0) } ?? "zlib error \(code)")
      }
    }
    return output.count - Int(stream.pointee.avail_out)
  }

  private func take(_ refill: (UnsafeMutableRawBufferPointer) throws -> Int) throws {
    let count = try refill(UnsafeMutableRawBufferPointer(start: input.start, count: input.capacity))
    isAtEndOfInput = count == 0
    stream.pointee.next_in = input.start.assumingMemoryBound(to: Bytef.self)
    stream.pointee.avail_in = uInt(count)
  }

  /// After a member: skips zeros, and expects another member after them where bytes remain. False: more input is needed.
  private func startNextMember() throws -> Bool {
    while stream.pointee.avail_in > 0, stream.pointee.next_in.pointee == 0 {
      stream.pointee.next_in += 1
      stream.pointee.avail_in -= 1
      consumed += 1
    }
    guard stream.pointee.avail_in > 0 else { return false }
    inflateReset(stream)
    isInsideMember = true
    return true
  }

  private func failure(_ reason: String) -> EventLogError { .badGzip(file: file, byte: consumed, reason: reason) }
}
