import ArgumentParser
import Configuration
import Evaluation
import EventLog
import Foundation
import Models
import Replay
import Report
import Tuning

struct Tune: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Searches better values for the configuration within a time budget, on training data alone.",
    discussion: """
      Each trial trains a snapshot and asks the scorer about later sessions of the same files. Never give it the data that shall \
      judge the result. Without --out or --in-place nothing is written. docs/tuning.md describes the search.
      """)

  @Option(name: .long, help: "The configuration to start from; without one, the defaults.")
  var config: String?

  @Option(
    name: .long, parsing: .upToNextOption, help: "Files of events; no standard input, they are read several times.")
  var events: [String] = []

  @Option(name: .long, parsing: .upToNextOption, help: "Files of the catalogue.")
  var catalogue: [String] = []

  @Option(name: .long, help: "Time of all trials and the confirmation, such as 90s, 10m or 2h; reading comes on top.")
  var budget = "10m"

  @Option(name: .long, help: "Trials at most, instead of a budget of time.")
  var trials: Int?

  @Option(name: .customLong("protocol"), help: "next or basket, as `martlet evaluate` has them.")
  var protocolName = Evaluate.ProtocolName.next

  @Flag(name: .long, help: "With `next`: the newest item is the one that the page shows, and no answer.")
  var excludeCurrent = false

  @Option(name: .long, help: "With `basket`: items hidden of each basket at most.")
  var perBasket = 15

  @Option(name: .long, help: "The end of the events that is asked about: 1d, 10%, or all from 2011-08-01 on.")
  var holdout = "10%"

  @Option(name: .long, help: "Stretches of that length at most; the newest is kept for the confirmation.")
  var folds = 3

  @Option(name: .long, help: "Positions asked of a fold in a trial, about.")
  var sample = 5000

  @Option(name: .long, help: "What is to rise: hr, mrr, precision, recall, map or ndcg at a cut-off.")
  var metric = "mrr@20"

  @Option(
    name: .long, parsing: .upToNextOption, help: "Searches only keys that begin like this, such as models.next_item.")
  var only: [String] = []

  @Flag(name: .long, help: "Prints all keys that are searched, with their ranges, and ends.")
  var list = false

  @Option(name: .long, help: "Writes the configuration with the found values to this file.")
  var out: String?

  @Flag(name: .long, help: "Writes the found values into the file of --config.")
  var inPlace = false

  @Option(name: .long, help: "Keeps every finished trial in this file; a run that was killed goes on from it.")
  var journal: String?

  @OptionGroup var running: RunningOptions

  func validate() throws {
    if list { return }
    if events.isEmpty { throw ValidationError("--events needs at least one file.") }
    if (events + catalogue).contains("-") {
      throw ValidationError("Standard input cannot be read twice: `martlet tune` takes files.")
    }
    if DurationText.seconds(budget) ?? 0 == 0 { throw ValidationError("--budget is a time such as 90s, 10m or 2h.") }
    if let trials, trials < 1 { throw ValidationError("--trials is at least 1.") }
    if folds < 1 { throw ValidationError("--folds is at least 1.") }
    if sample < 100 { throw ValidationError("--sample is at least 100.") }
    if perBasket < 1 { throw ValidationError("--per-basket is at least 1.") }
    if excludeCurrent, protocolName == .basket {
      throw ValidationError("--exclude-current belongs to --protocol next.")
    }
    if inPlace, config == nil { throw ValidationError("--in-place needs --config.") }
    if inPlace, out != nil { throw ValidationError("Either --in-place or --out.") }
    _ = try (Holdout(holdout), TunedMetric(metric), searched())
  }

  func run() throws {
    if list { return listKeys() }
    let (start, reporter) = (ContinuousClock.now, running.reporter)
    defer { reporter?.endLine() }
    let base = try config.map { try ConfigurationText(path: $0) } ?? ConfigurationText()
    let target = try (inPlace ? config : out).map(ConfigurationFile.init)
    let plan = try self.plan()
    var input = EventLog.Input(events: events, catalogue: catalogue) { progress in
      reporter?.update(
        "reading \(progress.file)", done: progress.totalBytes.map { Double(progress.bytes) / Double(max($0, 1)) },
        detail: "\(progress.rows) rows")
    }
    let configuration = try base.configuration()
    let latest = configuration.latestEventTime
    // Opened first: reading takes long, and a journal of another run is to be refused at once.
    let journal = try journal.map { try TuningJournal(path: $0, identity: identity(base, plan), latest: latest) }
    input.latest = journal?.latest ?? latest
    var tuning = Tuning(
      base, try TuningFolds(input, configuration, plan), try TunedMetric(metric))
    (tuning.parameters, tuning.journal, tuning.seed) = (try searched(), journal, running.seed)
    tuning.trialsMost = trials
    tuning.secondsMost = trials == nil ? DurationText.seconds(budget).map { Double($0) } : nil
    tuning.parallelism = running.parallelism
    tuning.progress = progress(reporter, folds: tuning.folds.search.count)
    let report = try tuning.run()
    reporter?.endLine()
    print(report.text)
    if let target { try target.write(report.result(base).text) }
    if !running.quiet { printToStandardError("took \(start.duration(to: .now).formatted()), reading included") }
  }

  private func listKeys() {
    let table = TextTable(
      header: ["key", "values", "default"], alignments: [.left, .left, .right],
      rows: TunableParameter.all.map { [$0.key, $0.values, $0.standard] })
    print(table.lines.joined(separator: "\n"))
  }

  private func plan() throws -> TuningFolds.Plan {
    let kind: EvaluationProtocol =
      protocolName == .next ? .next(excludingCurrent: excludeCurrent) : .basket(perBasket: perBasket)
    var plan = TuningFolds.Plan(try Holdout(holdout), kind)
    (plan.folds, plan.sample, plan.seed) = (folds, sample, running.seed)
    return plan
  }

  private func searched() throws -> [TunableParameter] {
    for prefix in only where !TunableParameter.all.contains(where: { $0.key.hasPrefix(prefix) }) {
      throw TuningError.unknownKeys(prefix)
    }
    return TunableParameter.all.filter { only.isEmpty || only.contains(where: $0.key.hasPrefix) }
  }

  private func identity(_ base: ConfigurationText, _ plan: TuningFolds.Plan) throws -> TuningJournal.Identity {
    let settings =
      "\(metric), \(plan.kind), holdout \(holdout), \(folds) folds, sample \(sample), seed \(running.seed), "
      + "\(only.isEmpty ? "all keys" : "keys " + only.joined(separator: " "))"
    return try TuningJournal.Identity(files: events + catalogue, configuration: base.text, settings: settings)
  }

  private func progress(_ reporter: ProgressReporter?, folds: Int) -> Tuning.Progress {
    var progress = Tuning.Progress()
    progress.trial = { number, values in
      let list = values.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
      reporter?.begin("trial \(number): \(list.isEmpty ? "the file's values" : list)")
    }
    progress.tried = { trial, best in
      let mean = trial.mean.map { String(format: "%.4f", $0) } ?? "none: over the byte budget"
      // A mean of the first folds alone says nothing beside one of all.
      if let best, trial.mean != nil, trial.folds.count < folds {
        return reporter?.begin(String(format: "  clearly worse on the first folds, best before %.4f", best)) ?? ()
      }
      let before = best.map { String(format: ", best before %.4f", $0) } ?? ""
      reporter?.begin("  \(metric) \(mean)\(before)")
    }
    progress.confirming = { reporter?.begin("confirming") }
    return progress
  }
}

/// A file that is replaced as a whole.
private struct ConfigurationFile {
  /// A link stays a link: what it names is replaced.
  private let url: URL

  /// - Throws: where the file could not be written, which is to be known before the search.
  init(path: String) throws {
    url = URL(filePath: path).resolvingSymlinksInPath()
    let directory = url.deletingLastPathComponent().path
    guard FileManager.default.isWritableFile(atPath: directory) else {
      throw ValidationError("\(path): nothing can be written to \(directory).")
    }
  }

  /// One rename: whoever reads the file finds the old or the new one, with the same permissions.
  func write(_ text: String) throws {
    let manager = FileManager.default
    let permissions = try? manager.attributesOfItem(atPath: url.path)[.posixPermissions]
    let temporary = url.deletingLastPathComponent().appending(path: ".\(url.lastPathComponent).new")
    let attributes = permissions.map { [FileAttributeKey.posixPermissions: $0] }
    guard manager.createFile(atPath: temporary.path, contents: Data(text.utf8), attributes: attributes),
      rename(temporary.path, url.path) == 0
    else { throw ValidationError("\(url.path) cannot be written.") }
  }
}
