import Models
import Configuration
import Evaluation
import EventLog
import Foundation
import Replay

/// A stretch of time that is asked about, and all that came before it.
public struct TuningFold: Sendable {
  public let training: EventLog
  public let test: TestSet
}

/// The data divided for a search: rolling folds, each a stretch as long as what is held out, trained on what came before it. The
/// newest one is kept for the end, so that what the search has found is confirmed where it never looked. Where the data are too
/// short for a second fold, the sessions of the only one are divided by lot.
public struct TuningFolds: Sendable {
  /// The newest first.
  public let search: [TuningFold]
  public let confirmation: TuningFold

  /// How the data are divided.
  public struct Plan: Sendable {
    public var holdout: Holdout
    public var kind: EvaluationProtocol
    /// At most; the confirmation is one of them.
    public var folds = 3
    /// Positions asked of a fold in each trial, about; the confirmation asks all.
    public var sample = 5000
    public var seed: UInt64 = 1

    public init(_ holdout: Holdout, _ kind: EvaluationProtocol) { (self.holdout, self.kind) = (holdout, kind) }
  }

  /// Reads the files once whole and once for each fold, so that no fold's training part knows a trace of what came later. A fold's
  /// training part has at least half of the newest one's events.
  public init(_ input: EventLog.Input, _ configuration: Configuration, _ plan: Plan) throws {
    let whole = try EventLog(reading: input, configuration: configuration)
    func fold(_ split: TimeSplit, _ isIncluded: [Bool]) throws -> TuningFold {
      let test = try TestSet(
        whole, isIncluded: isIncluded, protocol: plan.kind, configuration: configuration, seed: plan.seed)
      var input = input
      input.selects = { split.isTraining[$0] }
      return TuningFold(training: try EventLog(reading: input, configuration: configuration), test: test)
    }
    let sampler = SessionSampler(whole.table, plan)
    let newest = try TimeSplit(whole.table, plan.holdout)
    let earlier = TuningFolds.earlier(than: newest, whole.table, most: plan.folds - 1)
    if earlier.isEmpty {
      let isSearched = sampler.half(newest.isTest)
      search = [try fold(newest, sampler.sample(isSearched, positions: plan.sample))]
      confirmation = try fold(newest, zip(newest.isTest, isSearched).map { $0 && !$1 })
    } else {
      search = try earlier.map { try fold($0, sampler.sample($0.isTest, positions: plan.sample)) }
      confirmation = try fold(newest, newest.isTest)
    }
  }

  /// Splits before `newest`, each as long; a stretch without a session, or with none to train on, is passed over.
  private static func earlier(than newest: TimeSplit, _ table: EventTable, most: Int) -> [TimeSplit] {
    guard let last = table.times.max(), most > 0 else { return [] }
    let length = last - newest.cut + 1
    let enough = newest.isTraining.count { $0 } / 2
    return (1...most).compactMap { number -> TimeSplit? in
      let (back, overflowed) = length.multipliedReportingOverflow(by: UInt32(number))
      guard !overflowed, back < newest.cut else { return nil }
      let cut = newest.cut - back
      let split = try? TimeSplit(table, .from(cut), until: cut + length)
      return split.flatMap { $0.isTraining.count { $0 } >= enough ? $0 : nil }
    }
  }
}

/// Draws sessions, the same for the same seed.
private struct SessionSampler {
  /// By session: its events, and its place in a random order.
  private var events: [Int]
  private let keys: [UInt64]

  /// Positions that a session may have; every event but the first may be one.
  private let mostOfSession: Int

  init(_ table: EventTable, _ plan: TuningFolds.Plan) {
    mostOfSession = if case .basket(let most) = plan.kind { most } else { .max }
    events = [Int](repeating: 0, count: table.sessionCount)
    for session in table.sessions { events[Int(session)] += 1 }
    keys = events.indices.map { session in
      var random = SplitMix(seed: plan.seed, stream: session)
      return random.next()
    }
  }

  func half(_ isIncluded: [Bool]) -> [Bool] { zip(isIncluded, keys).map { $0 && $1.isMultiple(of: 2) } }

  /// Sessions with about as many positions in all.
  func sample(_ isIncluded: [Bool], positions: Int) -> [Bool] {
    var left = positions
    var isDrawn = [Bool](repeating: false, count: isIncluded.count)
    for session in isIncluded.indices.filter({ isIncluded[$0] }).sorted(by: { (keys[$0], $0) < (keys[$1], $1) }) {
      guard left > 0 else { break }
      isDrawn[session] = true
      left -= min(events[session] - 1, mostOfSession)
    }
    return isDrawn
  }
}
