import EventLog
import Foundation
import SnapshotWriter

/// What a build read and what it published: printed at its end.
public struct BuildSummary {
  let log: EventLog
  let snapshot: Snapshot
  let manifest: Manifest

  public init(log: EventLog, snapshot: Snapshot, manifest: Manifest) {
    (self.log, self.snapshot, self.manifest) = (log, snapshot, manifest)
  }

  public var text: String { (read("events", log.events) + catalogue + published).joined(separator: "\n") }

  private var catalogue: [String] { log.catalogueSummary.map { read("catalogue", $0) } ?? [] }

  private func read(_ what: String, _ summary: ReadSummary) -> [String] {
    var lines = ["\(what): \(counted(summary.rows, "row")) read, \(summary.kept) kept"]
    for rule in summary.skipped where rule.rows > 0 { lines.append("  \(rule.rows) skipped by rule \(rule.rule)") }
    if summary.withoutRegion > 0 {
      lines.append("  \(summary.withoutRegion) kept without their region, which is the name of a group or of the world")
    }
    for (reason, count) in summary.rejected.sorted(by: { ($1.value, $0.key.rawValue) < ($0.value, $1.key.rawValue) }) {
      lines.append("  \(count) rejected: \(reason.rawValue)")
    }
    for reject in summary.firstRejects { lines.append("    \(reject)") }
    if let times = summary.times {
      lines.append("  from \(date(times.lowerBound)) to \(date(times.upperBound))")
    }
    return lines
  }

  private var published: [String] {
    let table = log.table
    let regions = snapshot.files.filter { $0.region != nil }
    let bought = snapshot.bought
    return [
      "\(counted(snapshot.items, "item")) (\(snapshot.shown) to recommend), \(counted(table.sessionCount, "session")), "
        + "\(counted(table.userCount, "user")), \(counted(table.regionNames.count, "region")) "
        + "(\(regions.count) with a file of their own)",
      "base \(bought.bytes) of \(bought.budget) bytes: \(bought.dimensions) of \(bought.dimensionsWanted) factor dimensions, "
        + "\(bought.entriesKept) of \(bought.entriesWanted) list entries "
        + String(format: "(%.1f %% of their value)", bought.valueKept * 100),
      "published generation \(manifest.generation), \(counted(manifest.files.count, "file")), as of \(manifest.asOf)",
    ]
  }

  private func date(_ seconds: UInt32) -> String {
    Date(timeIntervalSince1970: Double(seconds)).formatted(.iso8601)
  }
}
