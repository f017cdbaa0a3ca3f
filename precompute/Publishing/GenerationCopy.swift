import Foundation
import SnapshotWriter

/// Brings the generation that is in force in a directory to a destination: files first, the manifest last. Whoever reads the
/// manifest there finds all that it names, whenever the copy ends.
public struct GenerationCopy {
  public struct Report: Sendable, Equatable {
    public var generation = ""
    /// Files brought, their bytes, and those that were there already.
    public var files = 0
    public var bytes = 0
    public var present = 0
  }

  let directory: String
  let destination: any Destination

  public init(from directory: String, to destination: any Destination) {
    (self.directory, self.destination) = (directory, destination)
  }

  /// - Parameter progress: called with the name of each file that is brought.
  /// - Throws: `SnapshotWriterError` where a file is not what the manifest says; nothing has been brought then.
  public func run(progress: (String) -> Void = { _ in }) throws -> Report {
    let manifest = try Manifest.load(directory: directory)
    for file in manifest.files { _ = try manifest.read(file, in: directory) }
    destination.tidy()
    var report = Report(generation: manifest.generation)
    for file in manifest.files {
      if try destination.has(file.name, bytes: file.bytes) {
        report.present += 1
        continue
      }
      progress(file.name)
      try destination.put("\(directory)/\(file.name)", as: file.name)
      report.files += 1
      report.bytes += file.bytes
    }
    // The generation's own manifest is what a rollback copies over the one in force.
    progress(Manifest.fileName)
    let archive = "manifest-\(manifest.generation).json"
    // By the generation's own name: a build that ends meanwhile replaces the other.
    let path = "\(directory)/\(archive)"
    try destination.put(path, as: archive)
    try destination.put(path, as: Manifest.fileName)
    return report
  }
}
