import Configuration
import Evaluation
import EventLog
import Foundation
import Models
import TestSupport
import Replay
import Testing
import Tuning

/// Visitors walk round a circle of 40 items, one way for 25 days, then the other way for 10: who forgets soon enough knows what comes
/// next, who does not is wrong most of the time.
private func turningCircle() -> String {
  var text = "session_id,item_id,time\n"
  for session in 0..<420 {
    let direction = session < 300 ? 1 : -1
    for step in 0..<5 {
      let item = ((session * 7 + direction * step) % 40 + 40) % 40
      text += "\(session),i\(item),\(1_600_000_000 + session * 7200 + step)\n"
    }
  }
  return text
}

struct TuningTests {
  private let folder: TemporaryFolder
  private let input: EventLog.Input
  /// What may be found: the window or a half-life, and things of no importance.
  private let parameters = TunableParameter.all.filter {
    $0.key.hasPrefix("windows") || $0.key.hasPrefix("models.next_item") || $0.key == "weights.rate"
  }
  private let base = ConfigurationText(
    """
    # A shop that turns.
    models:
      ranker: { trees: 0 }   # fixed weights
      next_item: { recency_half_life: 180d }   # forgets too late
    # Lists without a direction would know the next item whatever happens.
    sources: { two_steps: false, slist: false, bought_together: false, repeats: false, factors: false, content: false,
      popularity: false }
    seed: 3
    """)

  init() throws {
    folder = try TemporaryFolder()
    input = EventLog.Input(events: [try folder.write(turningCircle(), to: "events.csv")])
  }

  private func folds(_ holdout: Holdout = .lastSeconds(2 * 86_400), most: Int = 3) throws -> TuningFolds {
    var plan = TuningFolds.Plan(holdout, .next(excludingCurrent: true))
    plan.folds = most
    return try TuningFolds(input, base.configuration(), plan)
  }

  private func tuning(_ folds: TuningFolds, threads: Int = 2) throws -> Tuning {
    var tuning = Tuning(base, folds, try TunedMetric("mrr@20"))
    (tuning.parameters, tuning.trialsMost, tuning.resamples) = (parameters, 25, 200)
    tuning.parallelism = Parallelism(threads: threads)
    return tuning
  }

  @Test func findsWhatWasPlanted() throws {
    let folds = try folds()
    let report = try tuning(folds).run()
    let found = report.confirmation
    let confirmation = try #require(found)
    #expect(confirmation.start.mean < 0.7 && confirmation.best.mean > 0.95)
    let (isClearGain, keys, text) = (report.isClearGain, report.changes.map(\.key), report.text)
    #expect(isClearGain)
    #expect(keys.contains("windows.lists") || keys.contains("models.next_item.recency_half_life"))
    #expect(!keys.contains("weights.rate"))
    // What made trials quick is not written.
    #expect(!report.result(base).text.contains("positions"))
    for part in ["found values count", "confirmed: 96 positions", "mrr@20"] { #expect(text.contains(part)) }

    // The file that is written loads, keeps what was in it, and scores what the report says.
    let written = try folder.write(report.result(base).text, to: "found.yaml")
    let file = try String(contentsOfFile: written, encoding: .utf8)
    for line in base.text.split(separator: "\n") where !line.contains("180d") { #expect(file.contains(line)) }
    #expect(file.contains("# forgets too late"))
    let subject = Evaluation.Subject(
      name: "found", configuration: try Configuration.load(path: written), training: folds.confirmation.training)
    let evaluated = try Evaluation(Evaluator(context: .product)).run(subject, on: folds.confirmation.test).scored
      .metrics
    #expect(evaluated["mrr@20"] == confirmation.best.mean)
  }

  /// A journal cut after any number of trials leads to the same trials and the same result, at any number of threads.
  @Test func goesOnWhereItWas() throws {
    let folds = try folds()
    let path = folder.path("tune.ndjson")
    func run(threads: Int) throws -> String {
      let identity = try TuningJournal.Identity(files: input.events, configuration: base.text, settings: "test")
      var tuning = try tuning(folds, threads: threads)
      let journal = try TuningJournal(path: path, identity: identity, latest: .max)
      tuning.journal = journal
      var made = 0
      tuning.progress.trial = { _, _ in made += 1 }
      let report = try tuning.run()
      let (all, earlier) = (report.trials, journal.trials.count)
      #expect(made == all - earlier)
      return report.result(base).text
    }
    let whole = try run(threads: 2)
    let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
    func withoutTimes(_ lines: [Substring]) -> [String] {
      lines.map { String($0.replacing(/"seconds":[^,}]*/, with: "")) }
    }
    for kept in [1, 2, 7, lines.count] {
      try folder.write(lines.prefix(kept).map { $0 + "\n" }.joined(), to: "tune.ndjson")
      #expect(try run(threads: 3) == whole)
      let again = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
      #expect(withoutTimes(again) == withoutTimes(lines))
    }
    // Trials of another search are not taken for these.
    let other = lines[2].replacing("\"values\":{", with: "\"values\":{\"seed\":\"9\",")
    try folder.write("\(lines[0])\n\(lines[1])\n\(other)\n", to: "tune.ndjson")
    #expect(throws: TuningError.divergedJournal(path: path, line: 3)) { try run(threads: 2) }
  }

  /// Where nothing is to be gained, the file stays as it is.
  @Test func leavesWhatIsGood() throws {
    var tuning = try tuning(folds())
    tuning.parameters = [.number("models.popularity.shrinkage", 1...10_000, standard: "100")]
    let report = try tuning.run()
    let (isFinished, keys, result, text) = (
      report.isFinished, report.changes.map(\.key), report.result(base), report.text
    )
    #expect(isFinished && keys.isEmpty)
    #expect(result == base)
    #expect(text.contains("nothing better was found: the file's values stay"))
  }

  @Test func budgets() throws {
    var tuning = try tuning(folds())
    tuning.trialsMost = 4
    let trials = try tuning.run().trials
    #expect(trials == 4)
    (tuning.trialsMost, tuning.secondsMost) = (nil, 1e-9)
    let report = try tuning.run()
    let (trialsInNoTime, isFinished) = (report.trials, report.isFinished)
    #expect(trialsInNoTime == 1 && !isFinished)
  }

  /// Values with which no snapshot can be built are passed over, and the file's own are not.
  @Test func failingTrials() throws {
    var tuning = try tuning(folds())
    tuning.parameters = [.choice("snapshot.budget", ["8 MiB", "64 KiB"], standard: "8 MiB")]
    var means: [Double?] = []
    tuning.progress.tried = { trial, _ in means.append(trial.mean) }
    let report = try tuning.run()
    let keys = report.changes.map(\.key)
    #expect(keys.isEmpty)
    #expect(means.count == 2 && means[0] != nil && means[1] == nil)
  }

  @Test func metrics() throws {
    #expect(try TunedMetric("hr@5") == TunedMetric(.hr, at: 5))
    for text in ["", "mrr", "mrr@0", "mrr@101", "auc@20", "mrr@20@1", "mrr@x"] {
      #expect(throws: TuningError.badMetric(text)) { try TunedMetric(text) }
    }
  }
}

struct TuningFoldsTests {
  private let folder: TemporaryFolder
  private let input: EventLog.Input

  init() throws {
    folder = try TemporaryFolder()
    input = EventLog.Input(events: [try folder.write(turningCircle(), to: "events.csv")])
  }

  private func folds(_ holdout: String, _ change: (inout TuningFolds.Plan) -> Void = { _ in }) throws -> TuningFolds {
    var plan = TuningFolds.Plan(try Holdout(holdout), .next(excludingCurrent: false))
    change(&plan)
    return try TuningFolds(input, .default, plan)
  }

  /// Stretches follow each other, each is trained on what came before it alone, and the newest is not searched.
  @Test func roll() throws {
    let folds = try folds("2d")
    let searched = folds.search.count
    #expect(searched == 2)
    let all = [folds.confirmation] + folds.search
    for fold in all {
      let (positions, newest, first) = (
        fold.test.positionCount, fold.training.table.times.max()!, fold.test.times.lowerBound
      )
      #expect(positions == 96 && newest < first)
    }
    for (newer, older) in zip(all, all.dropFirst()) {
      let (before, after) = (older.test.times.upperBound, newer.test.times.lowerBound)
      #expect(before < after)
      let (fewer, more) = (older.training.table.count, newer.training.table.count)
      #expect(fewer == more - 24 * 5)
    }
  }

  /// No second fold in a third of the data that would leave less than half to train on: the sessions of the only one are divided.
  @Test func divideOneStretch() throws {
    let folds = try folds("45%")
    let count = folds.search.count
    #expect(count == 1)
    func starts(_ fold: TuningFold) -> Set<UInt32> { Set(fold.test.sessions.map { $0[0].time }) }
    let (searched, confirmed) = (starts(folds.search[0]), starts(folds.confirmation))
    #expect(searched.isDisjoint(with: confirmed))
    #expect(searched.count + confirmed.count == 189)
    #expect(searched.count > 60 && confirmed.count > 60)
    let only = try self.folds("2d") { $0.folds = 1 }.search.count
    #expect(only == 1)
  }

  @Test func sample() throws {
    let folds = try folds("2d") { $0.sample = 20 }
    let (searched, confirmed) = (folds.search.map(\.test.positionCount), folds.confirmation.test.positionCount)
    #expect(searched == [20, 20] && confirmed == 96)
    func sessions(_ seed: UInt64) throws -> [[UInt32]] {
      try self.folds("2d") { ($0.sample, $0.seed) = (20, seed) }.search.map { $0.test.sessions.map { $0[0].time } }
    }
    #expect(try sessions(1) == sessions(1))
    #expect(try sessions(1) != sessions(2))
  }
}
