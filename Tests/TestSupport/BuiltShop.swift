import Bytes
import Configuration
import EventLog
import Foundation
import Models
import Recommender
import SnapshotFormat
import SnapshotWriter

/// A shop after the whole build: text → event log → models → files → published.
public final class BuiltShop: @unchecked Sendable {
  public let folder: TemporaryFolder
  public let models: TrainedModels
  public let snapshot: Snapshot
  public let manifest: Manifest
  /// The published files in the manifest's order, the base first.
  public let files: [(kind: FileKind, region: String?, bytes: OwnedBytes)]

  public init(_ shop: PlantedShop, threads: Int = 2) throws {
    folder = try TemporaryFolder()
    (models, snapshot, manifest) = try BuiltShop.publish(shop, in: folder.path("out"), threads: threads)
    let directory = folder.path("out")
    files = try manifest.files.map { file in
      let kind = FileKind.allCases.first { "\($0.name)" == file.kind }!
      let data = try Data(contentsOf: URL(filePath: "\(directory)/\(file.name)"))
      return (kind, file.region, OwnedBytes(copying: [UInt8](data)))
    }
  }

  /// The planted shop, built once for all tests that only read it.
  public static let planted: BuiltShop = {
    do { return try BuiltShop(PlantedShop()) } catch { fatalError("the planted shop cannot be built: \(error)") }
  }()

  public static func log(_ shop: PlantedShop) throws -> EventLog {
    let folder = try TemporaryFolder()
    var input = EventLog.Input(events: [try folder.write(shop.events, to: "events.ndjson")])
    if !shop.catalogue.isEmpty { input.catalogue = [try folder.write(shop.catalogue, to: "catalogue.ndjson")] }
    input.userKey = shop.userKey
    return try withExtendedLifetime(folder) { try EventLog(reading: input, configuration: shop.configuration) }
  }

  @discardableResult
  public static func publish(
    _ shop: PlantedShop, in directory: String, threads: Int = 2,
    builtAt: Date = Date(timeIntervalSince1970: 1_800_000_000)
  ) throws -> (TrainedModels, Snapshot, Manifest) {
    let publisher = try Publisher(directory: directory)
    let (models, snapshot) = try build(shop, in: publisher.workDirectory, threads: threads)
    let manifest = try publisher.publish(
      snapshot, keep: shop.configuration.snapshot.keepGenerations, builtAt: builtAt)
    return (models, snapshot, manifest)
  }

  public static func build(
    _ shop: PlantedShop, in directory: String, threads: Int = 2
  ) throws -> (TrainedModels, Snapshot) {
    let log = ItemSelection(try log(shop), shop.configuration).log
    let plan = SnapshotPlan(log.table, shop.configuration)
    var models = TrainedModels.fit(
      log, shop.configuration, dimensions: plan.dimensions, parallelism: Parallelism(threads: threads))
    models.rankers = shop.rankers
    models.histories = UserHistories(log, shop.configuration)
    return (models, try SnapshotBuilder(models, plan, shop.configuration, directory: directory).build())
  }

  /// A recommender with all files open.
  public func recommender() throws -> Recommender {
    let recommender = Recommender()
    for file in files { try recommender.open(file.kind, file.bytes.view) }
    return recommender
  }

  public var base: OwnedBytes { files[0].bytes }

  public func path(_ kind: FileKind, region: String? = nil) -> String {
    let file = manifest.files.first { $0.kind == "\(kind.name)" && $0.region == region }!
    return folder.path("out/\(file.name)")
  }
}

/// A part that a test cannot do without is not open.
public struct NotOpen: Error {
  public init() {}
}

extension Recommender {
  public borrowing func requireBase() throws -> BaseSnapshot {
    guard let base = snapshots.base else { throw NotOpen() }
    return base
  }

  public borrowing func requireText() throws -> TextSnapshot {
    guard let text = snapshots.text else { throw NotOpen() }
    return text
  }
}

extension BaseSnapshot {
  public func item(_ id: String) -> UInt32? { id.withView { item(id: $0) } }
}
