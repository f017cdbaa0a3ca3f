import Foundation
import SnapshotWriter

/// A manifest, and the files that it names, none of which is there: each has to be refused, whatever its name.
func fuzzManifest(_ data: Data) -> UInt64 {
  do {
    let manifest = try Manifest.decode(data, path: "manifest.json")
    for file in manifest.files {
      do {
        _ = try manifest.read(file, in: "/nonexistent")
        preconditionFailure("a file that is not there was read")
      } catch is SnapshotWriterError {}
    }
    return UInt64(manifest.files.count) + 1
  } catch is SnapshotWriterError {
    return 0
  } catch {
    preconditionFailure("no error of the manifest's: \(error)")
  }
}
