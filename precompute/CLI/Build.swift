import ArgumentParser
import Configuration
import EventLog
import Foundation
import Logging
import Models
import Ranking
import Report
import SnapshotWriter

struct Build: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Reads events and catalogue, trains the models, publishes a snapshot.",
    discussion: """
      Events and catalogue are CSV, TSV or NDJSON, gzipped or not; `-` reads standard input. The published generation stays as \
      it was until the new one is whole.
      """)

  @Option(name: .long, help: "The configuration; without one, columns are recognised by their names.")
  var config: String?

  @Option(name: .long, parsing: .upToNextOption, help: "Files of events, in order; - for standard input.")
  var events: [String]

  @Option(name: .long, parsing: .upToNextOption, help: "Files of the catalogue.")
  var catalogue: [String] = []

  @Option(name: .long, help: "The directory to publish to.")
  var out: String

  @Option(
    name: .long,
    help:
      "Where rows that do not fit are written [default: <out>.rejects.tsv, beside the directory: the rows may name people]."
  )
  var rejects: String?

  @Option(name: .long, help: "Threads; results do not depend on it [default: all cores].")
  var threads: Int?

  @Option(name: .long, help: "How much is logged to standard error: debug, info, notice, warning, error.")
  var logLevel: Logger.Level = .notice

  @Flag(name: .long, help: "No progress and no summary; errors only.")
  var quiet = false

  func validate() throws {
    if events.isEmpty { throw ValidationError("--events needs at least one file, or - for standard input.") }
    if let threads, threads < 1 { throw ValidationError("--threads is at least 1.") }
  }

  func run() throws {
    LoggingSystem.bootstrap { StreamLogHandler.standardError(label: $0) }
    var logger = Logger(label: "martlet.build")
    logger.logLevel = quiet ? .error : logLevel
    let reporter = quiet ? nil : ProgressReporter()
    defer { reporter?.endLine() }
    let configuration = try config.map { try Configuration.load(path: $0) } ?? .default
    let publisher = try Publisher(directory: out)
    let log = try read(configuration, reporter)
    reporter?.endLine()
    if let folded = log.events.foldedRegions {
      logger.warning(
        "too many distinct regions; those with the fewest events count as `regions.other` or none; is the region column the right one?",
        metadata: [
          "kept": "\(log.table.regionNames.count)", "left_out": "\(folded.regions)", "events": "\(folded.events)",
        ])
    }
    // Before hours of training: a wrong rule ends the build at once.
    for warning in try CompiledRules.check(configuration, log) { logger.warning("\(warning)") }
    let parallelism = threads.map(Parallelism.init(threads:)) ?? .allCores
    var selection = ItemSelection(log, configuration, parallelism: parallelism)
    let snapshot: Snapshot
    do {
      snapshot = try build(selection, configuration, publisher.workDirectory, parallelism, logger, reporter)
    } catch SnapshotWriterError.overBudget where selection.hasUnlisted {
      // What a base needs beside its items is only known when it is written. Others than the shop's own must not cost it the build.
      selection = ItemSelection(log, configuration, listedOnly: true, parallelism: parallelism)
      snapshot = try build(selection, configuration, publisher.workDirectory, parallelism, logger, reporter)
    }
    if let leftOut = selection.leftOut { logLeftOut(leftOut, logger) }
    for name in snapshot.unknownNames { logger.warning("a recipe names what the shop does not have: \(name)") }
    let manifest = try publisher.publish(
      snapshot, keep: configuration.snapshot.keepGenerations, builtAt: Date()
    ) {
      logger.warning(
        "published, but what older generations left could not be read or removed; the next build tries again: \($0)")
    }
    try StaticList.write(manifest, by: publisher)
    reporter?.endLine()
    if !quiet { printToStandardError(BuildSummary(log: log, snapshot: snapshot, manifest: manifest).text) }
  }

  /// Trains the models and writes the files.
  private func build(
    _ selection: ItemSelection, _ configuration: Configuration, _ directory: String, _ parallelism: Parallelism,
    _ logger: Logger, _ reporter: ProgressReporter?
  ) throws -> Snapshot {
    let (models, plan) = try RankedModels.fit(selection, configuration, parallelism: parallelism) {
      reporter?.begin($0)
    }
    reporter?.endLine()
    if plan.dimensions < plan.dimensionsWanted {
      logger.notice(
        "the budget allows fewer factor dimensions than wanted",
        metadata: ["dimensions": "\(plan.dimensions)", "wanted": "\(plan.dimensionsWanted)"])
    }
    if models.laterEvents > 0 {
      logger.warning(
        "events later than as_of were left out; is a clock wrong?",
        metadata: ["events": "\(models.laterEvents)", "as_of": "\(models.asOf)"])
    }
    logMergedRegions(models, logger)
    reporter?.begin("writing and checking the snapshot")
    let snapshot = try SnapshotBuilder(models, plan, configuration, directory: directory).build()
    if snapshot.bought.entriesKept == 0, snapshot.bought.entriesWanted > 0 {
      logger.warning(
        "the budget has no room for any list of items: raise `snapshot.budget`",
        metadata: ["budget": "\(snapshot.bought.budget)", "items": "\(snapshot.items)"])
    }
    if !snapshot.regionsLeftOut.isNone {
      logger.warning(
        "more regions than hosts read: those with the fewest people are served by their group or the world, those without a name by the world",
        metadata: [
          "without_file": "\(snapshot.regionsLeftOut.files)", "without_name": "\(snapshot.regionsLeftOut.names)",
        ])
    }
    return snapshot
  }

  private func logLeftOut(_ items: LeftOutItems, _ logger: Logger) {
    logger.warning(
      """
      items were left out, those that only events know and fewest sessions hold before others; does somebody make up ids, or is \
      `snapshot.budget` too small?
      """,
      metadata: [
        "kept": "\(items.kept)", "left_out": "\(items.count)", "over_budget": "\(items.overBudget)",
        "without_name": "\(items.withoutName)", "in_crowded_slots": "\(items.crowded)",
        "of_the_catalogue": "\(items.listed)",
        "events": "\(items.events)",
      ])
  }

  /// Which regions have no lists of their own, and who serves them.
  private func logMergedRegions(_ models: TrainedModels, _ logger: Logger) {
    for (name, scope) in zip(models.regionNames, models.regions.scopeOfRegion) {
      let serving = models.regions.scopes[scope]
      guard serving.name != name else { continue }
      logger.info(
        "region merged into its parent",
        metadata: ["region": "\(name)", "parent": "\(scope == RegionTree.world ? "world" : serving.name)"])
    }
  }

  private func read(_ configuration: Configuration, _ reporter: ProgressReporter?) throws -> EventLog {
    var input = EventLog.Input(events: events, catalogue: catalogue, rejectsPath: rejects ?? rejectsBeside(out))
    input.userKey = try configuration.users.loadKey()
    input.latest = configuration.latestEventTime
    input.progress = { progress in
      reporter?.update(
        "reading \(progress.file)", done: progress.totalBytes.map { Double(progress.bytes) / Double(max($0, 1)) },
        detail: "\(progress.rows) rows")
    }
    return try EventLog(reading: input, configuration: configuration)
  }
}

private func rejectsBeside(_ directory: String) -> String {
  URL(filePath: directory).standardizedFileURL.path(percentEncoded: false).trimmingSuffix("/") + ".rejects.tsv"
}

extension String {
  fileprivate func trimmingSuffix(_ suffix: String) -> String {
    hasSuffix(suffix) ? String(dropLast(suffix.count)) : self
  }
}

func printToStandardError(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }

extension Logger.Level: @retroactive ExpressibleByArgument {}
