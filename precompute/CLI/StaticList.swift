import Bytes
import Foundation
import SnapshotWriter

/// The answer that ships with a worker, for the time before any snapshot has come: what the scorer says on the homepage to somebody of
/// whom nothing is known.
enum StaticList {
  static let items = 40

  static func write(_ manifest: Manifest, by publisher: Publisher) throws {
    let snapshot = try PublishedSnapshot(manifest, in: publisher.directory) { $0.kind != "region" }
    let service = try snapshot.open()
    let request = OwnedBytes(copying: Array("GET /recommendations?n=\(items) HTTP/1.1\r\n\r\n".utf8))
    let response = withExtendedLifetime((service, snapshot)) { Data(service.handle(request.view).bytes) }
    guard let head = response.range(of: Data("\r\n\r\n".utf8)) else { return }
    try publisher.putFallback(response[head.upperBound...])
  }
}
