import Configuration
import EventLog
import Foundation

/// Rows of events or of a catalogue in any text format, compressed or not, from memory. The first byte says which: a bit for the
/// catalogue, two for the configuration, and the highest for that rejects are written.
struct RowFuzzing {
  private let configurations: [Configuration]
  private let rejectsPath: String
  /// Shorter than inputs get, so that some rows are too long, and longer than an item's texts may be.
  private static let rowLengthMax = 2048
  /// What a catalogue belongs to.
  private static let events = [UInt8](
    "session_id,item_id,event,time\ns,a,view,1700000000\ns,b,purchase,1700000060\n".utf8)

  init() throws {
    configurations = try TableConfigurations.all()
    rejectsPath = "\(try ScratchFolder.make())/rejects"
  }

  func run(_ data: Data) -> UInt64 {
    guard let first = data.first else { return 0 }
    let text = [UInt8](data.dropFirst())
    var configuration = configurations[Int(first >> 1 & 3) % configurations.count]
    var input = EventLog.Input(events: ["events"])
    input.texts = ["events": text]
    input.rowLengthMax = RowFuzzing.rowLengthMax
    if first & 1 == 1 {
      input.catalogue = ["catalogue"]
      input.texts = ["events": RowFuzzing.events, "catalogue": text]
      configuration.events = Configuration.default.events
    }
    if first >= 0x80 { input.rejectsPath = rejectsPath }
    input.chunkLength = 4096
    let whole = Outcome(input, configuration)
    // What is read does not depend on where the reads end; of damaged gzip that only holds for that it is refused.
    input.chunkLength = 7
    let pieces = Outcome(input, configuration)
    let isCompressed = text.starts(with: [0x1F, 0x8B])
    precondition(whole == pieces || isCompressed && !whole.failure.isEmpty && !pieces.failure.isEmpty)
    return whole.checksum
  }

  private struct Outcome: Equatable {
    var kept: UInt64 = 0
    var rejected: UInt64 = 0
    var items: [String] = []
    var catalogue: [Catalogue.Item] = []
    var sessions: [UInt32] = []
    var times: [UInt32] = []
    var failure = ""

    init(_ input: EventLog.Input, _ configuration: Configuration) {
      do {
        let log = try EventLog(reading: input, configuration: configuration)
        let summary = log.catalogueSummary ?? log.events
        (kept, rejected) = (summary.kept, summary.rejectedCount)
        (items, catalogue) = (log.table.itemIDs, log.catalogue.items)
        (sessions, times) = (log.table.sessions, log.table.times)
        precondition(summary.rows == kept + rejected + summary.skipped.reduce(0) { $0 + $1.rows })
        precondition(items.count == catalogue.count && sessions.count == times.count)
      } catch let error as EventLogError {
        failure = error.description
      } catch {
        preconditionFailure("no error of the event log's: \(error)")
      }
    }

    var checksum: UInt64 { kept << 32 | rejected << 16 | UInt64(items.count) }
  }
}
