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
  package let popularity: [UInt32]
  // Read only, by any number of scorers.
  private let files: [File]
  private let servedBy: [String: String]
  /// The regions of one instance: an instance holds at most `Snapshots.regionsMax` files, ancestors counted.
  private let regionSets: [Set<String>]

  private struct File {
    let kind: FileKind
    let region: String?
    let bytes: OwnedBytes
  }

  /// Writes and verifies the files as `martlet build` does, in a directory of its own that is gone afterwards.
  /// - Parameters:
  ///   - table: what the models were trained on.
  ///   - publisher: where the files are published besides; nil: nowhere.
  public init(
    _ models: TrainedModels, _ plan: SnapshotPlan, _ configuration: Configuration, table: EventTable,
    publisher: Publisher? = nil
  ) throws {
    let temporary = FileManager.default.temporaryDirectory.appending(path: "martlet-\(UUID().uuidString)").path
    let directory = publisher?.workDirectory ?? temporary
    if publisher == nil {
      try FileManager.default.createDirectory(atPath: temporary, withIntermediateDirectories: true)
    }
    defer { try? FileManager.default.removeItem(atPath: temporary) }
    let snapshot = try SnapshotBuilder(models, plan, configuration, directory: directory).build()
    generation = snapshot.generation
    (items, shown) = (snapshot.items, snapshot.shown)
    // A base comes first: the others belong to one.
    files = try snapshot.files.sorted { $0.kind == .base && $1.kind != .base }.map { file in
      File(
        kind: file.kind, region: file.region,
        bytes: OwnedBytes(copying: [UInt8](try Data(contentsOf: URL(filePath: file.path)))))
    }
    servedBy = snapshot.servedBy
    regionSets = TrainedSnapshot.regionSets(snapshot)
    popularity = try TrainedSnapshot.popularity(table, files)
    _ = try publisher?.publish(snapshot, keep: configuration.snapshot.keepGenerations, builtAt: Date())
  }

  package var instances: Int { regionSets.count }

  /// The instance that serves visitors of region `code`.
  package func instance(serving code: String) -> Int {
    let region = servedBy[code] ?? code
    return regionSets.firstIndex { $0.contains(region) } ?? 0
  }

  /// A recommender of its own over the shared bytes.
  package func open(instance: Int = 0) throws -> Recommender {
    let recommender = Recommender()
    for file in files where file.region.map(regionSets[instance].contains) ?? true {
      try recommender.open(file.kind, file.bytes.view)
    }
    return recommender
  }

  /// All regions in one set where they fit, else in as few as they fit in, each region with its ancestors.
  private static func regionSets(_ snapshot: Snapshot) -> [Set<String>] {
    let parents = Dictionary(
      snapshot.files.compactMap { file in file.region.map { ($0, file.parent) } },
      uniquingKeysWith: { first, _ in first })
    var sets: [Set<String>] = [[]]
    for region in snapshot.files.compactMap(\.region) {
      let family = sequence(first: region) { parents[$0] ?? nil }
      let grown = sets[sets.count - 1].union(family)
      if grown.count <= Snapshots.regionsMax { sets[sets.count - 1] = grown } else { sets.append(Set(family)) }
    }
    return sets
  }

  private static func popularity(_ table: EventTable, _ files: [File]) throws -> [UInt32] {
    let recommender = Recommender()
    for file in files where file.kind == .base { try recommender.open(file.kind, file.bytes.view) }
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
