import Configuration
import EventLog
import Replay

/// Where the training and the test part come from.
public enum EvaluationSource: Equatable, Sendable {
  /// Files of their own.
  case separate(training: [String], test: [String])
  /// One log, divided by time; the files are read twice.
  case split(events: [String], Holdout)
}

/// The two parts, read apart from each other: what only the test part names (items, prices, titles, regions) leaves no trace in the
/// training part.
public struct EvaluationParts {
  public let training: EventLog
  /// Where the log was split: the whole of it, of which `split` names the test sessions.
  public let test: EventLog
  /// Nil where the parts are files of their own.
  public let split: TimeSplit?
  private let source: EvaluationSource
  private let configuration: Configuration
  private let reader: PartReader

  /// - Parameter latest: see `EventLog.Input`.
  public init(
    _ source: EvaluationSource, catalogue: [String], _ configuration: Configuration, latest: UInt32 = .max,
    progress: ((ReadProgress) -> Void)? = nil
  ) throws {
    let reader = PartReader(catalogue: catalogue, latest: latest, progress: progress)
    switch source {
    case .separate(_, let files):
      test = try reader.read(files, configuration)
      split = nil
    case .split(let files, let holdout):
      test = try reader.read(files, configuration)
      split = try TimeSplit(test.table, holdout)
    }
    training = try reader.readTraining(source, split, configuration)
    (self.source, self.configuration, self.reader) = (source, configuration, reader)
  }

  /// The training part as another configuration reads it.
  public func training(readBy other: Configuration) throws -> EventLog {
    if other.events != configuration.events { throw EvaluationError.differentReading("events") }
    let isSame =
      other.catalogue == configuration.catalogue && other.neverRecommend == configuration.neverRecommend
      && other.onlyRecommend == configuration.onlyRecommend
    return isSame ? training : try reader.readTraining(source, split, other)
  }
}

private struct PartReader {
  let catalogue: [String]
  let latest: UInt32
  let progress: ((ReadProgress) -> Void)?

  func readTraining(_ source: EvaluationSource, _ split: TimeSplit?, _ configuration: Configuration) throws -> EventLog
  {
    switch source {
    case .separate(let files, _): try read(files, configuration)
    case .split(let files, _): try read(files, configuration, selects: split.map { split in { split.isTraining[$0] } })
    }
  }

  func read(_ files: [String], _ configuration: Configuration, selects: ((Int) -> Bool)? = nil) throws -> EventLog {
    var input = EventLog.Input(events: files, catalogue: catalogue, progress: progress)
    (input.selects, input.latest) = (selects, latest)
    return try EventLog(reading: input, configuration: configuration)
  }
}
