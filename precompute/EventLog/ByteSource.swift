import Foundation

/// The bytes of a file, of standard input or of a text in memory, decompressed where they start as gzip does.
final class ByteSource {
  let name: String
  /// Negative where all bytes are in `first`.
  private let descriptor: Int32
  private let gzip: GzipDecoder?
  /// What has been read ahead of its time: two bytes of a file, all of a text.
  private var first: ArraySlice<UInt8>
  /// Bytes of the file itself that have been read.
  private(set) var bytesRead: UInt64 = 0

  /// - Parameter path: `-` is standard input.
  init(path: String) throws {
    let name = path == "-" ? "(stdin)" : path
    let descriptor = path == "-" ? 0 : open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw Self.unreadable(path) }
    (self.name, self.descriptor) = (name, descriptor)
    var magic = [UInt8](repeating: 0, count: 2)
    var count = 0
    while count < 2 {
      let read = try magic.withUnsafeMutableBytes { bytes in
        try Self.read(descriptor, into: UnsafeMutableRawBufferPointer(rebasing: bytes[count...]), name: name)
      }
      if read == 0 { break }
      count += read
    }
    first = magic[..<count]
    gzip = try Self.decoder(of: first, name)
  }

  /// - Parameter name: what errors call the text.
  init(name: String, text: [UInt8]) throws {
    (self.name, descriptor, first) = (name, -1, text[...])
    gzip = try Self.decoder(of: first, name)
  }

  private static func decoder(of bytes: ArraySlice<UInt8>, _ name: String) throws -> GzipDecoder? {
    bytes.starts(with: [0x1F, 0x8B]) ? try GzipDecoder(file: name) : nil
  }

  var isCompressed: Bool { gzip != nil }

  deinit { if descriptor > 0 { close(descriptor) } }

  /// Bytes of a file that can be opened; nil for standard input and pipes.
  static func size(path: String) throws -> UInt64? {
    if path == "-" { return nil }
    var status = stat()
    guard stat(path, &status) == 0, access(path, R_OK) == 0 else { throw unreadable(path) }
    return status.st_mode & S_IFMT == S_IFREG ? UInt64(status.st_size) : nil
  }

  /// Fills the buffer as far as one read goes. Zero is the end.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    guard let gzip else { return try readRaw(into: buffer) }
    return try gzip.read(into: buffer) { try self.readRaw(into: $0) }
  }

  private func readRaw(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    if !first.isEmpty {
      let count = min(first.count, buffer.count)
      buffer.copyBytes(from: first.prefix(count))
      first.removeFirst(count)
      bytesRead += UInt64(count)
      return count
    }
    guard descriptor >= 0 else { return 0 }
    let count = try Self.read(descriptor, into: buffer, name: name)
    bytesRead += UInt64(count)
    return count
  }

  private static func read(_ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer, name: String) throws -> Int
  {
    while true {
      let count = Foundation.read(descriptor, buffer.baseAddress, buffer.count)
      if count >= 0 { return count }
      if errno != EINTR { throw unreadable(name) }
    }
  }

  private static func unreadable(_ name: String) -> EventLogError {
    .unreadable(file: name, reason: String(cString: strerror(errno)))
  }
}
