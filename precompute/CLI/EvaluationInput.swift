import ArgumentParser
import Evaluation

/// Where the training and the test part come from.
struct EvaluationInput: ParsableArguments {
  @Option(name: .long, help: "The configuration; without one, columns are recognised by their names.")
  var config: String?

  @Option(name: .long, parsing: .upToNextOption, help: "Files of events to train on.")
  var train: [String] = []

  @Option(name: .long, parsing: .upToNextOption, help: "Files of events to be asked about.")
  var test: [String] = []

  @Option(
    name: .long, parsing: .upToNextOption, help: "Files of events between the two; only --index-valid takes them in.")
  var valid: [String] = []

  @Flag(name: .long, help: "Trains on --valid too, once nothing is chosen by it any more.")
  var indexValid = false

  @Option(
    name: .long, parsing: .upToNextOption,
    help: "Files of events, to be split by time; no standard input, they are read twice.")
  var events: [String] = []

  @Option(
    name: .long,
    help: "What of --events is held out: the sessions of the last 1d, the newest 10%, or all from 2011-09-01 on.")
  var holdout: String?

  @Option(name: .long, parsing: .upToNextOption, help: "Files of the catalogue.")
  var catalogue: [String] = []

  func validate() throws {
    if events.isEmpty {
      if train.isEmpty || test.isEmpty {
        throw ValidationError("Either --train and --test, or --events with --holdout.")
      }
      if holdout != nil { throw ValidationError("--holdout belongs to --events.") }
      if indexValid, valid.isEmpty { throw ValidationError("--index-valid needs --valid.") }
    } else {
      if !(train + test + valid).isEmpty {
        throw ValidationError("--events stands instead of --train, --valid and --test.")
      }
      guard let holdout else { throw ValidationError("--events needs --holdout.") }
      _ = try Holdout(holdout)
    }
    // The catalogue is read for both parts, and a split log twice.
    if (events + train + test + valid + catalogue).contains("-") {
      throw ValidationError("Standard input cannot be read twice: `martlet evaluate` takes files.")
    }
  }

  func source() throws -> EvaluationSource {
    try holdout.map { .split(events: events, try Holdout($0)) }
      ?? .separate(training: train + (indexValid ? valid : []), test: test)
  }
}
