import Foundation
import SnapshotWriter

/// A manifest, and the files that it names, in a folder that has one. Beside the folder lies another of the same name, whose size and
/// digest an input may state: it must not be read.
struct ManifestFuzzing {
  private static let name = "base-00.sqlite"
  /// `seeds.py` and the dictionary know both.
  private static let inside = Data("inside\n".utf8)
  private static let outside = Data("a canary\n".utf8)

  private let folder: String

  init() throws {
    let around = try ScratchFolder.make()
    folder = "\(around)/files"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    ScratchFolder.write(ManifestFuzzing.inside, "\(folder)/\(ManifestFuzzing.name)")
    ScratchFolder.write(ManifestFuzzing.outside, "\(around)/\(ManifestFuzzing.name)")
  }

  func run(_ data: Data) -> UInt64 {
    do {
      let manifest = try Manifest.decode(data, path: "manifest.json")
      var checksum: UInt64 = 1
      for file in manifest.files { checksum = checksum &* 3 &+ (isRead(file, manifest) ? 2 : 1) }
      return checksum
    } catch is SnapshotWriterError {
      return 0
    } catch {
      preconditionFailure("no error of the manifest's: \(error)")
    }
  }

  private func isRead(_ file: Manifest.File, _ manifest: Manifest) -> Bool {
    do {
      let bytes = try manifest.read(file, in: folder)
      precondition(file.name == URL(filePath: file.name).lastPathComponent && bytes == ManifestFuzzing.inside)
      return true
    } catch is SnapshotWriterError {
      return false
    } catch {
      preconditionFailure("no error of the manifest's: \(error)")
    }
  }
}
