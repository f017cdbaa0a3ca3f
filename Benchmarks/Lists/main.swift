import ArgumentParser
import Configuration
import EventLog
import Foundation
import Models

/// Fits local SLIST to events and tells seconds and memory of the fit alone; `scripts/speed_figures.py` runs it at several sizes.
///
/// Larger data are copies of the same sessions, each with items of its own: twice the copies are twice the events, items, sessions and
/// pairs of items, so what is in proportion to the data doubles, and what goes by items × items has four times the size.
struct ListsBenchmark: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "lists-benchmark")

  @Argument(help: "A file of events.") var events: String
  @Option(help: "The configuration that names its columns.") var config: String
  @Option(help: "Copies of the sessions, with items of their own each.") var copies = 1
  @Option var threads = 2

  func validate() throws {
    if copies < 1 || threads < 1 { throw ValidationError("--copies and --threads are at least 1.") }
  }

  func run() throws {
    let read = try EventLog(
      reading: EventLog.Input(events: [events]), configuration: try Configuration.load(path: config))
    let table = repeated(read.table)
    var catalogue = Catalogue()
    catalogue.items = (0..<copies).flatMap { _ in read.catalogue.items }
    let parallelism = Parallelism(threads: threads)
    let sessions = SessionIndex(table, parallelism: parallelism)
    let (clock, before) = (ContinuousClock(), peakBytes())
    let start = clock.now
    let lists = LocalSLIST.fit(
      table, sessions: sessions, catalogue: catalogue, asOf: table.times.max() ?? 0, parallelism: parallelism)
    let seconds = (clock.now - start) / .seconds(1)
    // Each copy has the lists of the first, or the figures mean nothing.
    let entries = lists.items.count
    guard entries > 0, entries % copies == 0 else { throw ValidationError("the copies differ: \(entries) entries") }
    print(table.count, table.sessionCount, table.itemIDs.count, entries, seconds, before, peakBytes())
  }

  private func repeated(_ one: EventTable) -> EventTable {
    var all = one
    for copy in 1..<max(copies, 1) {
      let (items, sessions) = (UInt32(copy * one.itemIDs.count), UInt32(copy * one.sessionCount))
      all.itemIDs += one.itemIDs.map { "\($0).\(copy)" }
      all.items += one.items.map { $0 + items }
      all.sessions += one.sessions.map { $0 + sessions }
      all.users += one.users
      all.regions += one.regions
      all.types += one.types
      all.times += one.times
    }
    all.sessionCount = copies * one.sessionCount
    return all
  }

  /// The largest resident size of the process so far.
  private func peakBytes() -> Int {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return usage.ru_maxrss << 10
  }
}

ListsBenchmark.main()
