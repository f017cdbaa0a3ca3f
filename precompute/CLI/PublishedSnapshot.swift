import ArgumentParser
import Bytes
import EdgeService
import SnapshotFormat
import SnapshotWriter

/// The files of a published generation in memory, each held against the manifest, from which scorers are opened.
final class PublishedSnapshot {
  private let files: [(name: String, kind: FileKind, bytes: OwnedBytes)]

  /// - Parameter selects: which files take part; a base has to be among them.
  init(_ manifest: Manifest, in directory: String, selects: (Manifest.File) -> Bool = { _ in true }) throws {
    // Bases first: the others belong to one.
    files = try manifest.files.filter(selects).sorted { $0.kind == "base" && $1.kind != "base" }.map { file in
      guard let kind = FileKind.allCases.first(where: { "\($0.name)" == file.kind }) else {
        throw ValidationError("\(file.name): unknown kind \(file.kind)")
      }
      return (file.name, kind, OwnedBytes(copying: [UInt8](try manifest.read(file, in: directory))))
    }
  }

  /// A fresh scorer, which reads the files in place: it must not outlive this.
  func open() throws -> Service {
    let service = Service()
    for file in files {
      if let problem = service.open(kind: file.kind.rawValue, file.bytes.view) {
        throw ValidationError(
          "\(file.name): \(String(decoding: problem.bytes, as: UTF8.self)); an older martlet's snapshot has to be built again"
        )
      }
    }
    return service
  }
}

extension ByteView {
  var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: start, count: count) }
}
