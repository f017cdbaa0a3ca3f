import ArgumentParser
import Configuration
import Evaluation
import EventLog
import Foundation
import Models
import Recommender
import Replay
import Report

struct Evaluate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract:
      "Measures the recommendations: builds a snapshot from the training part and asks the scorer about the rest.",
    discussion: """
      The scorer is the one that ships, on a snapshot as `martlet build` writes it. Either --train and --test, or --events with \
      --holdout. docs/evaluation.md describes protocols and metrics.
      """)

  enum ProtocolName: String, ExpressibleByArgument, CaseIterable {
    case next, basket
  }

  @OptionGroup(title: "Input") var input: EvaluationInput

  @Option(
    name: .customLong("protocol"),
    help: "next: the next item at every position. basket: every item of a basket hidden in turn.")
  var protocolName = ProtocolName.next

  @Flag(name: .long, help: "With `next`: the newest item is the one that the page shows, and no answer.")
  var excludeCurrent = false

  @Option(name: .long, help: "With `basket`: items hidden of each basket at most.")
  var perBasket = 15

  @Option(name: .long, help: "Where on the page the answer is asked for [default: product, for baskets cart].")
  var context: String?

  @Option(name: .customLong("k"), parsing: .upToNextOption, help: "Cut-offs of the metrics.")
  var cutoffs: [Int] = [1, 5, 10, 20]

  @Option(
    name: .long, help: "A second configuration, asked at the same positions; the paired differences are reported.")
  var compare: String?

  @Option(
    name: .long, parsing: .upToNextOption,
    help: "Changes of the configuration, key=value[,key=value…]: prints a Markdown table of what each changes.")
  var variants: [String] = []

  @Flag(name: .long, help: "As --variants, with each source of candidates that is on switched off.")
  var leaveOneOut = false

  @Option(
    name: .long, parsing: .upToNextOption,
    help: "As --variants, with models of whole past sessions, which no snapshot holds: vmis, vstan.")
  var reference: [ReferenceModel] = []

  @Option(
    name: .long,
    help: "Writes the snapshot, a sample of the questions as HTTP messages and their answers to this directory.")
  var replay: String?

  @Option(name: .long, help: "Positions of --replay.")
  var sample = 200

  @Option(name: .long, help: "Writes all figures to this file as JSON.")
  var json: String?

  @Option(name: .long, help: "Writes a page with plots to this file.")
  var html: String?

  @Option(name: .long, help: "Resamples of the bootstrap.")
  var resamples = 1000

  @OptionGroup var running: RunningOptions

  private var printsTable: Bool { leaveOneOut || !variants.isEmpty || !reference.isEmpty }

  func validate() throws {
    if cutoffs.isEmpty || !cutoffs.allSatisfy((1...Query.limitMax).contains) {
      throw ValidationError("--k takes numbers from 1 to \(Query.limitMax).")
    }
    if resamples < 100 { throw ValidationError("--resamples is at least 100.") }
    if sample < 1 { throw ValidationError("--sample is at least 1.") }
    if printsTable, compare ?? json ?? html ?? replay != nil {
      throw ValidationError("--variants, --leave-one-out and --reference print a table; they go with no other output.")
    }
    _ = try variants.map(Variant.init)
    if perBasket < 1 { throw ValidationError("--per-basket is at least 1.") }
    if excludeCurrent, protocolName == .basket {
      throw ValidationError("--exclude-current belongs to --protocol next.")
    }
    if let context, Context(name: context) == nil {
      let names = Context.allCases.map { "\($0.name)" }.joined(separator: ", ")
      throw ValidationError("--context is one of \(names).")
    }
  }

  func run() throws {
    let reporter = running.reporter
    defer { reporter?.endLine() }
    let kind: EvaluationProtocol =
      protocolName == .next ? .next(excludingCurrent: excludeCurrent) : .basket(perBasket: perBasket)
    let configuration = try load(input.config)
    let parts = try EvaluationParts(
      input.source(), catalogue: input.catalogue, configuration, latest: configuration.latestEventTime
    ) { progress in
      reporter?.update(
        "reading \(progress.file)", done: progress.totalBytes.map { Double(progress.bytes) / Double(max($0, 1)) },
        detail: "\(progress.rows) rows")
    }
    reporter?.endLine()
    warn(parts)
    let test = try TestSet(
      parts.test, isIncluded: parts.split?.isTest, protocol: kind, configuration: configuration, seed: running.seed)
    let subject = Evaluation.Subject(
      name: input.config ?? "default configuration", configuration: configuration, training: parts.training)
    let varied = try subjects(configuration, parts)
    let other = try compare.map { path in
      let other = try load(path)
      return Evaluation.Subject(name: path, configuration: other, training: try parts.training(readBy: other))
    }
    let evaluator = Evaluator(
      cutoffs: cutoffs, context: context.flatMap(Context.init(name:)) ?? kind.context,
      parallelism: running.parallelism)
    var evaluation = Evaluation(evaluator)
    (evaluation.resamples, evaluation.seed) = (resamples, running.seed)
    evaluation.progress.begin = { reporter?.begin($0) }
    evaluation.progress.answered = { done, all in
      reporter?.update("answering", done: Double(done) / Double(all), detail: "\(done) of \(all) positions")
    }
    evaluation.questions = replay.map { QuestionSample(directory: $0, sample: sample) }
    if printsTable {
      let table = try evaluation.run(subject, variants: varied, references: reference, on: test)
      reporter?.endLine()
      return print(table.markdown)
    }
    let report = try evaluation.run(subject, comparedWith: other, on: test)
    reporter?.endLine()
    print(EvaluationText(report).text)
    if let json { try report.json().write(to: URL(filePath: json), options: .atomic) }
    if let html { try Data(EvaluationPage(report).html.utf8).write(to: URL(filePath: html), options: .atomic) }
  }

  /// The variants asked for. Of the sources only those that are on: to leave out what is off changes nothing.
  private func subjects(_ configuration: Configuration, _ parts: EvaluationParts) throws -> [Evaluation.Subject] {
    let base = try input.config.map { try ConfigurationText(path: $0) } ?? ConfigurationText()
    func subject(_ variant: Variant) throws -> Evaluation.Subject {
      let varied = try base.setting(variant.values).configuration()
      return Evaluation.Subject(
        name: variant.name, configuration: varied, training: try parts.training(readBy: varied))
    }
    let sources = try (leaveOneOut ? Variant.sources : []).map(subject).filter { $0.configuration != configuration }
    return sources + (try variants.map { try subject(Variant($0)) })
  }

  /// What a reader of the figures should know.
  private func warn(_ parts: EvaluationParts) {
    if running.quiet { return }
    if let crossing = parts.split?.crossingSessions, crossing > 0 {
      printToStandardError(
        "\(crossing) sessions run across the split: trained on up to it, not asked about, their rest left out")
    }
    for log in [parts.training, parts.test] where log.events.rejectedCount > 0 {
      printToStandardError(
        "\(log.events.rejectedCount) of \(log.events.rows) rows do not fit; `martlet build` says why")
    }
  }

  private func load(_ path: String?) throws -> Configuration {
    try path.map { try Configuration.load(path: $0) } ?? .default
  }
}

extension ReferenceModel: ExpressibleByArgument {}

extension Context {
  fileprivate init?(name: String) {
    guard let context = Context.allCases.first(where: { "\($0.name)" == name }) else { return nil }
    self = context
  }
}
