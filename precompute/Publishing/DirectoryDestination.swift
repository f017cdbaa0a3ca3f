import Foundation

#if canImport(Glibc)
  import Glibc
#endif

/// A directory, such as one that a web server or a mounted volume shows. A file appears under its name by a rename, once its
/// bytes are on the disk.
struct DirectoryDestination: Destination {
  let name: String

  init(_ path: String) { name = path }

  /// No copy of a file takes so long.
  private static let copySecondsMax = 86_400.0

  /// Who else copies to a volume, from another machine or container, cannot be asked; but a file that is being written is new.
  func tidy() {
    for file in (try? FileManager.default.contentsOfDirectory(atPath: name)) ?? [] {
      let path = "\(name)/\(file)"
      guard Self.isUnfinished(file),
        let written = try? FileManager.default.attributesOfItem(atPath: path)[.modificationDate] as? Date,
        written.timeIntervalSinceNow < -Self.copySecondsMax
      else { continue }
      try? FileManager.default.removeItem(atPath: path)
    }
  }

  /// Files of others are left alone.
  private static func isUnfinished(_ file: String) -> Bool {
    let name = /\.(?:(?:base|region|text)-[0-9a-f]{16}\.sqlite|manifest(?:-[0-9a-f]{16})?\.json)\.[0-9a-f]+\.new/
    return file.wholeMatch(of: name) != nil
  }

  func has(_ file: String, bytes: Int) throws -> Bool {
    let attributes = try? FileManager.default.attributesOfItem(atPath: "\(name)/\(file)")
    return attributes?[.size] as? Int == bytes
  }

  func put(_ path: String, as file: String) throws {
    try FileManager.default.createDirectory(atPath: name, withIntermediateDirectories: true)
    // No two copies meet in a name: numbers of processes come again, in containers at once.
    let temporary = "\(name)/.\(file).\(String(UInt64.random(in: 0...(.max)), radix: 16)).new"
    do {
      try FileManager.default.copyItem(atPath: path, toPath: temporary)
      try sync(temporary)
      guard rename(temporary, "\(name)/\(file)") == 0 else { throw failure(file) }
      try sync(name)
    } catch {
      try? FileManager.default.removeItem(atPath: temporary)
      throw error
    }
  }

  private func sync(_ path: String) throws {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure(path) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw failure(path) }
  }

  private func failure(_ file: String) -> PublishingError {
    .destination("\(name)/\(file)", String(cString: strerror(errno)))
  }
}
