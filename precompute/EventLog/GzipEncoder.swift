import Bytes
import CZlib

/// Compresses into one gzip member (RFC 1952), without a name or a time.
final class GzipEncoder {
  private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
  private let output = OwnedBytes(capacity: 64 << 10)

  init() {
    stream.initialize(to: z_stream())
    // 15 bits of window, and 16 asks for a gzip header. It fails only where there is no memory.
    let code = deflateInit2_(
      stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
      Int32(MemoryLayout<z_stream>.size))
    precondition(code == Z_OK)
  }

  deinit {
    deflateEnd(stream)
    stream.deallocate()
  }

  /// Hands `put` what comes out for `bytes`; all of it with the last.
  func write(
    _ bytes: UnsafeRawBufferPointer, isLast: Bool, _ put: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    stream.pointee.next_in = UnsafeMutablePointer(mutating: bytes.assumingMemoryBound(to: Bytef.self).baseAddress)
    stream.pointee.avail_in = uInt(bytes.count)
    repeat {
      stream.pointee.next_out = output.start.assumingMemoryBound(to: Bytef.self)
      stream.pointee.avail_out = uInt(output.capacity)
      deflate(stream, isLast ? Z_FINISH : Z_NO_FLUSH)
      try put(UnsafeRawBufferPointer(start: output.start, count: output.capacity - Int(stream.pointee.avail_out)))
    } while stream.pointee.avail_out == 0
  }
}
