import Foundation

#if canImport(Glibc)
  import Glibc
#endif

/// A directory, such as one that a web server or a mounted volume shows. A file appears under its name by a rename, once its
/// bytes are on the disk.
struct DirectoryDestination: Destination {
  let name: String

  init(_ path: String) { name = path }

  /// A file that a process of this machine is still copying stays.
  func tidy() {
    for file in (try? FileManager.default.contentsOfDirectory(atPath: name)) ?? [] {
      let parts = file.wholeMatch(
        of: /\.(?:(?:base|region|text)-[0-9a-f]{16}\.sqlite|manifest(?:-[0-9a-f]{16})?\.json)\.([0-9]+)\.new/)
      guard let process = parts.flatMap({ pid_t($0.1) }), process > 0, kill(process, 0) != 0, errno == ESRCH else {
        continue
      }
      try? FileManager.default.removeItem(atPath: "\(name)/\(file)")
    }
  }

  func has(_ file: String, bytes: Int) throws -> Bool {
    let attributes = try? FileManager.default.attributesOfItem(atPath: "\(name)/\(file)")
    return attributes?[.size] as? Int == bytes
  }

  func put(_ path: String, as file: String) throws {
    try FileManager.default.createDirectory(atPath: name, withIntermediateDirectories: true)
    let temporary = "\(name)/.\(file).\(getpid()).new"
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
