import Configuration
import EventLog
import Foundation

/// Rows of events or of a catalogue, in any text format, compressed or not. The first byte says which, and under which configuration.
struct TableFuzzing {
  private let folder: String
  private let fixedEvents: String
  private let configurations: [Configuration]

  init() throws {
    // In memory: replacing a file waits until it is on disk.
    let memory = "/dev/shm"
    let place = FileManager.default.isWritableFile(atPath: memory) ? memory : NSTemporaryDirectory()
    folder = "\(place)/martlet-fuzz-\(getpid())"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    fixedEvents = "\(folder)/fixed.csv"
    try Data("session_id,item_id,event,time\ns,a,view,1700000000\ns,b,purchase,1700000060\n".utf8)
      .write(to: URL(filePath: fixedEvents))
    configurations = try TableFuzzing.texts.map { try Configuration(yaml: $0) }
  }

  /// Of rejects every share is good, so that all rows are read.
  private static let texts = [
    "events: { reject: { max_share: 1 } }\ncatalogue: { reject: { max_share: 1 } }\n",
    """
    events: { format: csv, reject: { max_share: 1 }, default_type: purchase }
    catalogue: { format: tsv, reject: { max_share: 1 }, columns: { attributes: [colour, size], tags: [tags, kind] } }
    """,
    """
    events:
      format: ndjson
      reject: { max_share: 1 }
      columns: { item_id: params.item_id }
      time: { format: "%Y-%m-%d %H:%M" }
    catalogue: { format: ndjson, reject: { max_share: 1 } }
    """,
  ]

  func run(_ data: Data) -> UInt64 {
    guard let first = data.first else { return 0 }
    let path = "\(folder)/input"
    guard FileManager.default.createFile(atPath: path, contents: data.dropFirst()) else { fatalError("cannot write") }
    let configuration = configurations[Int(first >> 1) % configurations.count]
    let isCatalogue = first & 1 == 1
    let whole = read(path, configuration, isCatalogue, chunkLength: 256 << 10)
    // What is read does not depend on where the reads end; of damaged gzip that only holds for that it is refused.
    let pieces = read(path, configuration, isCatalogue, chunkLength: 7)
    let isCompressed = data.dropFirst().starts(with: [0x1F, 0x8B])
    precondition(whole == pieces || isCompressed && !whole.failure.isEmpty && !pieces.failure.isEmpty)
    if !isCatalogue { erase(path, configuration) }
    return UInt64(whole.kept)
  }

  private struct Outcome: Equatable {
    var kept: UInt64 = 0
    var rejected: UInt64 = 0
    var items: [String] = []
    var times: [UInt32] = []
    var failure = ""
  }

  private func read(
    _ path: String, _ configuration: Configuration, _ isCatalogue: Bool, chunkLength: Int
  ) -> Outcome {
    var input = EventLog.Input(
      events: [isCatalogue ? fixedEvents : path], catalogue: isCatalogue ? [path] : [],
      rejectsPath: "\(folder)/rejects")
    input.chunkLength = chunkLength
    var outcome = Outcome()
    do {
      let log = try EventLog(reading: input, configuration: isCatalogue ? fixed(configuration) : configuration)
      let summary = log.catalogueSummary ?? log.events
      (outcome.kept, outcome.rejected) = (summary.kept, summary.rejectedCount)
      (outcome.items, outcome.times) = (log.table.itemIDs, log.table.times)
    } catch let error as EventLogError {
      outcome.failure = error.description
    } catch {
      preconditionFailure("no error of the event log's: \(error)")
    }
    return outcome
  }

  /// The fixed events' own layout beside the catalogue's.
  private func fixed(_ configuration: Configuration) -> Configuration {
    var configuration = configuration
    configuration.events = Configuration.default.events
    return configuration
  }

  /// After a person is removed, nothing of them is left to remove.
  private func erase(_ path: String, _ configuration: Configuration) {
    guard removed(path, configuration) != nil else { return }
    // Nor can it be removed from what no longer says of any row whose it is.
    precondition(removed(path, configuration) ?? 0 == 0)
  }

  private func removed(_ path: String, _ configuration: Configuration) -> UInt64? {
    var removed: UInt64 = 0
    var erasure = Erasure(user: "u1", configuration)
    do {
      try erasure.run(events: [path], rejects: []) { removed += $0.removed }
      return removed
    } catch is EventLogError {
      return nil
    } catch is ErasureError {
      return nil
    } catch {
      preconditionFailure("no error of the erasure's: \(error)")
    }
  }
}
