import Configuration
import EventLog
import Foundation
import Replay

/// Which end of one log is held out for the test.
public enum Holdout: Equatable, Sendable {
  case lastSeconds(UInt32)
  /// Of the sessions, in order of their starts; above 0 and below 1.
  case share(Double)
  /// Seconds since 1970.
  case from(UInt32)

  /// Reads `1d`, `10%`, `2011-09-01` (midnight UTC) or `2011-09-01T06:00:00Z`.
  public init(_ text: String) throws {
    if text.hasSuffix("%"), let percent = Double(text.dropLast()), percent > 0, percent < 100 {
      self = .share(percent / 100)
    } else if let seconds = DurationText.seconds(text).flatMap(UInt32.init(exactly:)), seconds > 0 {
      self = .lastSeconds(seconds)
    } else if let seconds = Holdout.moment(text) {
      self = .from(seconds)
    } else {
      throw EvaluationError.badHoldout(text)
    }
  }

  private static func moment(_ text: String) -> UInt32? {
    let date = try? Date(text.contains("T") ? text : text + "T00:00:00Z", strategy: .iso8601)
    return date.flatMap { UInt32(exactly: $0.timeIntervalSince1970) }
  }

  /// The moment from which on sessions are held out.
  func cut(starts: [UInt32], newest: UInt32) -> UInt32 {
    switch self {
    case .lastSeconds(let seconds): newest >= seconds ? newest - seconds + 1 : 0
    case .from(let moment): moment
    case .share(let share):
      starts.sorted()[min(starts.count - 1, Int((Double(starts.count) * (1 - share)).rounded()))]
    }
  }
}

/// A log divided by time. Sessions that start at the cut or later are test, whole; of all others the events before the cut are
/// training. What is left of a session that runs across the cut belongs to neither part.
public struct TimeSplit: Sendable {
  /// Seconds since 1970.
  public let cut: UInt32
  /// By session.
  public let isTest: [Bool]
  /// By event.
  public let isTraining: [Bool]
  public let crossingSessions: Int

  /// - Parameter end: sessions that start then or later belong to neither part, so that several tests can follow each other.
  public init(_ table: EventTable, _ holdout: Holdout, until end: UInt32 = .max) throws {
    var starts = [UInt32](repeating: .max, count: table.sessionCount)
    var ends = [UInt32](repeating: 0, count: table.sessionCount)
    for (session, time) in zip(table.sessions, table.times) {
      starts[Int(session)] = min(starts[Int(session)], time)
      ends[Int(session)] = max(ends[Int(session)], time)
    }
    let cut = holdout.cut(starts: starts, newest: table.times.max() ?? 0)
    let isTest = starts.map { $0 >= cut && $0 < end }
    isTraining = table.times.map { $0 < cut }
    self.isTest = isTest
    crossingSessions = zip(starts, ends).count { $0 < cut && $1 >= cut }
    self.cut = cut
    let moment = Date(timeIntervalSince1970: Double(cut)).formatted(.iso8601)
    if !isTest.contains(true) { throw EvaluationError.emptyPart("test session", cut: moment) }
    if !isTraining.contains(true) { throw EvaluationError.emptyPart("training event", cut: moment) }
  }
}
