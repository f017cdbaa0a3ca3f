import Configuration
import Evaluation
import Foundation
import Replay
import Report

/// What a search has found, and whether it may be relied on.
public struct TuningReport {
  public struct Change: Equatable, Sendable {
    public let key: String
    public let was: String
    public let now: String
  }

  /// A mean over positions with its 95 % interval, low and high end.
  public struct Figure: Equatable, Sendable {
    public let mean: Double
    public let interval: [Double]
  }

  /// On the fold that the search has never asked.
  public struct Confirmation: Equatable, Sendable {
    public let start: Figure
    public let best: Figure
    /// Paired, position by position.
    public let gain: Figure
  }

  public let metric: TunedMetric
  public let changes: [Change]
  public let trials: Int
  /// Of all trials, those of earlier runs counted.
  public let seconds: Double
  /// Whether no step was left, rather than no budget.
  public let isFinished: Bool
  let folds: TuningFolds
  /// The metric on the folds of the search, of the file's values and of the best ones.
  public let start: Double
  public let best: Double
  /// Nil where nothing better was found.
  public let confirmation: Confirmation?
  /// The file with the best values, whether they may be relied on or not.
  let found: ConfigurationText

  /// Whether the interval of the confirmed gain lies above zero.
  public var isClearGain: Bool { confirmation.map { $0.gain.interval[0] > 0 } ?? false }

  /// The configuration to go on with: the file's own unless the gain is clear.
  public func result(_ base: ConfigurationText) -> ConfigurationText { isClearGain ? found : base }

  public var text: String {
    var sections = [heading]
    if !changes.isEmpty { sections.append(changesTable) }
    sections += [figures, [verdict]]
    return sections.map { $0.joined(separator: "\n") }.joined(separator: "\n\n")
  }

  private var heading: [String] {
    let end = isFinished ? "no step left that helps" : "the budget is used up"
    func part(_ test: TestSet) -> String {
      func date(_ seconds: UInt32) -> String { Date(timeIntervalSince1970: Double(seconds)).formatted(.iso8601) }
      return
        "\(counted(test.positionCount, "position")), \(date(test.times.lowerBound)) to \(date(test.times.upperBound))"
    }
    return [
      "\(metric), protocol \(folds.confirmation.test.protocolOfTest.name): \(counted(trials, "trial")) in "
        + String(format: "%.0f s; ", seconds) + end
    ] + folds.search.map { "searched: \(part($0.test))" } + ["confirmed: \(part(folds.confirmation.test))"]
  }

  private var changesTable: [String] {
    TextTable(
      header: ["key", "file", "found"], alignments: [.left, .right, .right],
      rows: changes.map { [$0.key, $0.was, $0.now] }
    ).lines
  }

  private var figures: [String] {
    func number(_ value: Double) -> String { String(format: "%.4f", value) }
    func cells(_ figure: Figure) -> [String] {
      [number(figure.mean), figure.interval.map(number).joined(separator: " – ")]
    }
    var rows = [["searched", number(start), "", number(best), "", number(best - start), ""]]
    if let confirmation {
      rows.append(["confirmed"] + cells(confirmation.start) + cells(confirmation.best) + cells(confirmation.gain))
    }
    return TextTable(
      header: ["\(metric)", "file", "95 %", "found", "95 %", "gain", "95 %"],
      alignments: [.left] + Array(repeating: .right, count: 6), rows: rows
    ).lines
  }

  private var verdict: String {
    if confirmation == nil { return "nothing better was found: the file's values stay" }
    return isClearGain
      ? "the gain is clearly above zero: the found values count"
      : "the gain is not clearly above zero: the file's values stay"
  }
}
