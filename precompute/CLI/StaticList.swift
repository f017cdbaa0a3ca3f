import Bytes
import EdgeService
import Foundation
import SnapshotFormat
import SnapshotWriter

/// The answer that ships with a worker, for the time before any snapshot has come: what the scorer says on the homepage to somebody of
/// whom nothing is known.
enum StaticList {
  static let fileName = "fallback.json"
  static let items = 40

  static func write(_ manifest: Manifest, directory: String) throws {
    let files = manifest.files.filter { $0.kind != "region" }.sorted { $0.kind == "base" && $1.kind != "base" }
    let bytes = try files.map { OwnedBytes(copying: [UInt8](try manifest.read($0, in: directory))) }
    let service = Service()
    for (file, bytes) in zip(files, bytes) {
      let kind = FileKind.allCases.first { "\($0.name)" == file.kind }?.rawValue ?? 0
      _ = service.open(kind: kind, bytes.view)
    }
    let request = OwnedBytes(copying: Array("GET /recommendations?n=\(items) HTTP/1.1\r\n\r\n".utf8))
    let response = withExtendedLifetime((service, bytes)) { Data(service.handle(request.view).bytes) }
    guard let head = response.range(of: Data("\r\n\r\n".utf8)) else { return }
    try response[head.upperBound...].write(to: URL(filePath: "\(directory)/\(fileName)"), options: .atomic)
  }
}
