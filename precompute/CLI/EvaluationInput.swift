import ArgumentParser
import Configuration
import Evaluation
import EventLog
import Foundation
import Report

/// Where the training and the test part come from.
struct EvaluationInput: ParsableArguments {
  @Option(name: .long, help: "The configuration; without one, columns are recognised by their names.")
  var config: String?

  @Option(name: .long, parsing: .upToNextOption, help: "Files of events to train on.")
  var train: [String] = []

  @Option(name: .long, parsing: .upToNextOption, help: "Files of events to be asked about.")
  var test: [String] = []

  @Option(name: .long, parsing: .upToNextOption, help: "Files of events between the two; only --index-valid takes them in.")
  var valid: [String] = []

  @Flag(name: .long, help: "Trains on --valid too, once nothing is chosen by it any more.")
  var indexValid = false

  @Option(name: .long, parsing: .upToNextOption, help: "Files of events, to be split by time; no standard input, they are read twice.")
  var events: [String] = []

  @Option(name: .long, help: "What of --events is held out: the sessions of the last 1d, the newest 10%, or all from 2011-09-01 on.")
  var holdout: String?

  @Option(name: .long, parsing: .upToNextOption, help: "Files of the catalogue.")
  var catalogue: [String] = []

  func validate() throws {
    if events.isEmpty {
      if train.isEmpty || test.isEmpty { throw ValidationError("Either --train and --test, or --events with --holdout.") }
      if holdout != nil { throw ValidationError("--holdout belongs to --events.") }
      if indexValid, valid.isEmpty { throw ValidationError("--index-valid needs --valid.") }
    } else {
      if !(train + test + valid).isEmpty { throw ValidationError("--events stands instead of --train, --valid and --test.") }
      guard let holdout else { throw ValidationError("--events needs --holdout.") }
      _ = try Holdout(holdout)
    }
    // The catalogue is read for both parts, and a split log twice.
    if (events + train + test + valid + catalogue).contains("-") {
      throw ValidationError("Standard input cannot be read twice: `martlet evaluate` takes files.")
    }
  }
}

/// The two parts, read apart from each other: what only the test part names leaves no trace in the training part.
struct EvaluationParts {
  let training: EventLog
  let test: EventLog
  /// Nil where the parts are files of their own.
  let split: TimeSplit?

  init(_ input: EvaluationInput, _ configuration: Configuration, _ reporter: ProgressReporter?) throws {
    let reader = PartReader(catalogue: input.catalogue, reporter: reporter)
    if input.events.isEmpty {
      split = nil
      training = try reader.read(EvaluationParts.trainingFiles(input), configuration)
      test = try reader.read(input.test, configuration)
    } else {
      test = try reader.read(input.events, configuration)
      let split = try TimeSplit(test.table, Holdout(input.holdout ?? ""))
      self.split = split
      training = try reader.read(input.events, configuration, selects: { split.isTraining[$0] })
      if split.crossingSessions > 0 {
        reporter?.endLine()
        printToStandardError(
          "\(split.crossingSessions) sessions run across the split: they are trained on up to it, and not asked about")
      }
    }
  }

  /// The training part as `other` reads it.
  func training(
    of other: Configuration, insteadOf configuration: Configuration, _ input: EvaluationInput,
    _ reporter: ProgressReporter?
  ) throws -> EventLog {
    if other.events != configuration.events { throw EvaluationError.differentReading("events") }
    let isSame =
      other.catalogue == configuration.catalogue && other.neverRecommend == configuration.neverRecommend
      && other.onlyRecommend == configuration.onlyRecommend
    if isSame { return training }
    let reader = PartReader(catalogue: input.catalogue, reporter: reporter)
    guard let split else { return try reader.read(EvaluationParts.trainingFiles(input), other) }
    return try reader.read(input.events, other, selects: { split.isTraining[$0] })
  }

  private static func trainingFiles(_ input: EvaluationInput) -> [String] {
    input.train + (input.indexValid ? input.valid : [])
  }
}

private struct PartReader {
  let catalogue: [String]
  let reporter: ProgressReporter?

  func read(_ files: [String], _ configuration: Configuration, selects: ((Int) -> Bool)? = nil) throws -> EventLog {
    var input = EventLog.Input(events: files, catalogue: catalogue)
    input.selects = selects
    input.progress = { progress in
      reporter?.update(
        "reading \(progress.file)", done: progress.totalBytes.map { Double(progress.bytes) / Double(max($0, 1)) },
        detail: "\(progress.rows) rows")
    }
    let log = try EventLog(reading: input, configuration: configuration)
    if log.events.rejectedCount > 0 {
      reporter?.endLine()
      printToStandardError("\(log.events.rejectedCount) of \(log.events.rows) rows do not fit; `martlet build` says why")
    }
    return log
  }
}
