import Foundation

/// What hosts read of a publication, `manifest.py` and `manifest.js` by the same figures: a generation beyond them would be in force nowhere, and
/// nobody would be told.
enum HostLimits {
  static let manifestBytes = 1 << 20
  static let files = 4096
  static let fileBytes = 64 << 20

  /// - Parameter encoded: the manifest as it would be written.
  static func check(_ manifest: Manifest, encoded: Data) throws {
    func check(_ count: Int, _ what: String, most: Int) throws {
      guard count <= most else { throw SnapshotWriterError.tooMany(what: what, count: count, most: most) }
    }
    try check(encoded.count, "bytes of \(Manifest.fileName)", most: manifestBytes)
    try check(manifest.files.count, "files", most: files)
    for file in manifest.files { try check(file.bytes, "bytes in the \(file.kind) file", most: fileBytes) }
  }
}
