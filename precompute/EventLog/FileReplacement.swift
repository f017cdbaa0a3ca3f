import Bytes
import Foundation

#if canImport(Glibc)
  import Glibc
#endif

/// A file that takes another's place by one rename: until then the old one is whole, and after it the new one. Owner and
/// permissions stay; what was gzipped is gzipped again.
struct FileReplacement {
  private let target: String
  private let temporary: String

  init(_ path: String) throws {
    // Through a link: the file itself is replaced, not the link.
    guard let resolved = realpath(path, nil) else { throw Self.failure("open", path) }
    defer { free(resolved) }
    target = String(cString: resolved)
    let url = URL(filePath: target)
    temporary = url.deletingLastPathComponent().appending(path: ".\(url.lastPathComponent).forget").path
  }

  /// Writes the file anew without `ranges` of its text, ascending, by pieces of `chunkLength` bytes.
  func write(without ranges: [Range<UInt64>], chunkLength: Int) throws {
    var before = stat()
    guard stat(target, &before) == 0 else { throw Self.failure("stat", target) }
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw Self.failure("open", temporary) }
    do {
      defer { close(descriptor) }
      // Only root may give a file away; whoever else runs this owns it.
      _ = fchown(descriptor, before.st_uid, before.st_gid)
      guard fchmod(descriptor, before.st_mode & 0o7777) == 0 else { throw Self.failure("fchmod", temporary) }
      try copy(to: descriptor, without: ranges, chunkLength)
      guard fsync(descriptor) == 0 else { throw Self.failure("fsync", temporary) }
      var after = stat()
      guard stat(target, &after) == 0, after.st_size == before.st_size, after.st_ino == before.st_ino,
        after.st_mtim.tv_sec == before.st_mtim.tv_sec, after.st_mtim.tv_nsec == before.st_mtim.tv_nsec
      else { throw ErasureError.changed(file: target) }
      guard rename(temporary, target) == 0 else { throw Self.failure("rename", target) }
    } catch {
      unlink(temporary)
      throw error
    }
    let directory = open(URL(filePath: target).deletingLastPathComponent().path, O_RDONLY | O_CLOEXEC)
    if directory >= 0 {
      fsync(directory)
      close(directory)
    }
  }

  private func copy(to descriptor: Int32, without ranges: [Range<UInt64>], _ chunkLength: Int) throws {
    let source = try ByteSource(path: target)
    let path = temporary
    func put(_ bytes: UnsafeRawBufferPointer) throws {
      var rest = bytes
      while !rest.isEmpty {
        let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { throw Self.failure("write", path) }
        rest = UnsafeRawBufferPointer(rebasing: rest[count...])
      }
    }
    let gzip = source.isCompressed ? GzipEncoder() : nil
    let buffer = OwnedBytes(capacity: chunkLength)
    var position: UInt64 = 0
    var next = 0
    while case let count = try source.read(
      into: UnsafeMutableRawBufferPointer(start: buffer.start, count: buffer.capacity)), count > 0
    {
      let chunk = position..<position + UInt64(count)
      var start = chunk.lowerBound
      while start < chunk.upperBound {
        // Past ranges lie behind, and the one that may cover `start` or come next is `next`.
        while next < ranges.count, ranges[next].upperBound <= start { next += 1 }
        let range = next < ranges.count ? ranges[next] : UInt64.max..<UInt64.max
        if range.lowerBound <= start {
          start = min(range.upperBound, chunk.upperBound)
          continue
        }
        let end = min(range.lowerBound, chunk.upperBound)
        let kept = UnsafeRawBufferPointer(start: buffer.start + Int(start - chunk.lowerBound), count: Int(end - start))
        if let gzip { try gzip.write(kept, isLast: false, put) } else { try put(kept) }
        start = end
      }
      position = chunk.upperBound
    }
    try gzip?.write(UnsafeRawBufferPointer(start: nil, count: 0), isLast: true, put)
  }

  private static func failure(_ call: String, _ path: String) -> ErasureError {
    .system(call: call, path: path, reason: String(cString: strerror(errno)))
  }
}
