import Bytes
import Configuration
import EventLog
import Foundation
import Models
import Recommender
import SnapshotFormat
import SnapshotWriter

/// The files of a snapshot built from the training part, in memory, as a host holds them.
public final class TrainedSnapshot: @unchecked Sendable {
  public let generation: String
  public let items: Int
  /// Items 0..<shown may be answered.
  public let shown: Int
  /// Training events of each item, by its number in the snapshot.
  let popularity: [UInt32]
  // Read only, by any number of scorers.
  private let files: [(kind: FileKind, bytes: OwnedBytes)]

  /// Trains, writes and verifies the files as `martlet build` does, in a directory of its own that is gone afterwards.
  public init(
    _ log: EventLog, _ configuration: Configuration, parallelism: Parallelism = .allCores,
    progress: (String) -> Void = { _ in }
  ) throws {
    let plan = SnapshotPlan(items: log.table.itemIDs.count, configuration: configuration)
    let models = TrainedModels.fit(log, configuration, dimensions: plan.dimensions, parallelism: parallelism) {
      progress("training: \($0.rawValue)")
    }
    progress("writing and checking the snapshot")
    let directory = FileManager.default.temporaryDirectory.appending(path: "martlet-evaluate-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let snapshot = try SnapshotBuilder(models, plan, configuration, directory: directory).build()
    generation = snapshot.generation
    (items, shown) = (snapshot.items, snapshot.shown)
    // A base comes first: the others belong to one.
    files = try snapshot.files.sorted { $0.kind == .base && $1.kind != .base }.map { file in
      (file.kind, OwnedBytes(copying: [UInt8](try Data(contentsOf: URL(filePath: file.path)))))
    }
    popularity = try TrainedSnapshot.popularity(log.table, files)
  }

  /// A recommender of its own over the shared bytes.
  package func open() throws -> Recommender { try TrainedSnapshot.open(files) }

  private static func open(_ files: [(kind: FileKind, bytes: OwnedBytes)]) throws -> Recommender {
    var recommender = Recommender()
    for file in files { try recommender.open(file.kind, file.bytes.view) }
    return recommender
  }

  private static func popularity(
    _ table: EventTable, _ files: [(kind: FileKind, bytes: OwnedBytes)]
  ) throws -> [UInt32] {
    let recommender = try open(files)
    guard let base = recommender.snapshots.base else { return [] }
    var counts = [UInt32](repeating: 0, count: table.itemIDs.count)
    for item in table.items { counts[Int(item)] += 1 }
    var popularity = [UInt32](repeating: 0, count: Int(base.items))
    for (index, id) in table.itemIDs.enumerated() where counts[index] > 0 {
      if let item = withView(id, { base.item(id: $0) }) { popularity[Int(item)] = counts[index] }
    }
    return popularity
  }
}

/// Calls `body` with the bytes of `text`.
package func withView<Result>(_ text: String, _ body: (ByteView) -> Result) -> Result {
  var text = text
  return text.withUTF8 { body(ByteView(UnsafeRawBufferPointer($0))) }
}
