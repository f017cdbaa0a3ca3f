import Foundation
import Report

/// A report as tables for a terminal.
public struct EvaluationText {
  private let report: EvaluationReport
  /// Groups shown of each breakdown; JSON has them all.
  private static let groupsMax = 12

  public init(_ report: EvaluationReport) { self.report = report }

  public var text: String {
    var sections = [heading, metrics(report.scored), profile(report.scored), sources(report.scored)]
    sections += Self.titles.compactMap { breakdown($0.key, $0.title, report.scored.breakdowns) }
    if let comparison = report.comparison {
      let other = comparison.scored
      sections += [
        ["compared with \(other.configuration), generation \(other.generation)"], metrics(other), profile(other),
        sources(other), differences(comparison),
      ]
      sections += Self.titles.compactMap { breakdown($0.key, "difference by " + $0.title, comparison.breakdowns) }
    }
    return sections.map { $0.joined(separator: "\n") }.joined(separator: "\n\n")
  }

  /// The breakdowns in the order in which they are shown.
  static let titles: [(key: String, title: String)] = [
    ("region", "region"), ("segment", "segment of the session"), ("session_length", "events before the target"),
    ("target_type", "event type of the target"),
    ("target_seen", "target in the session"), ("target_evidence", "training events of the target"),
  ]

  private var largest: Int { report.setting.cutoffs.last ?? 0 }

  private var heading: [String] {
    let scored = report.scored
    func part(_ name: String, _ part: EvaluationReport.Part) -> String {
      "\(name): \(counted(part.events, "event")), \(counted(part.sessions, "session")), \(counted(part.items, "item")), \(part.from) to \(part.through)"
    }
    let micros = scored.timing.answeringSeconds * 1e6 * Double(scored.timing.threads) / Double(report.positions)
    return [
      "\(counted(report.positions, "position")): \(report.setting.description) (context \(report.setting.context))",
      part("training", report.training), part("test", report.test),
      "unknown to the snapshot: \(percent(scored.unknownTargets)) of the targets, "
        + "\(percent(scored.unknownSessionItems)) of the events",
      "\(scored.configuration), generation \(scored.generation): \(scored.shown) of \(scored.items) items may be shown",
      String(
        format: "trained in %.1f s, answered in %.2f s on %d threads: %.0f µs an answer", scored.timing.trainingSeconds,
        scored.timing.answeringSeconds, scored.timing.threads, micros),
    ]
  }

  private func metrics(_ scored: EvaluationReport.Scored) -> [String] {
    values("metric", scored.metrics, scored.intervals)
  }

  private func differences(_ comparison: EvaluationReport.Comparison) -> [String] {
    values("difference", comparison.differences, comparison.intervals)
  }

  private func values(_ title: String, _ metrics: [String: Double], _ intervals: [String: [Double]]) -> [String] {
    let cutoffs = report.setting.cutoffs
    return TextTable(
      header: [title] + cutoffs.map { "@\($0)" } + ["95 % of @\(largest)"],
      alignments: [.left] + cutoffs.map { _ in .right } + [.right],
      rows: RankingMetric.allCases.map { metric in
        let cells = cutoffs.map { number(metrics["\(metric.name)@\($0)"]) }
        return [metric.name.uppercased()] + cells + [interval(intervals["\(metric.name)@\(largest)"])]
      }
    ).lines
  }

  private func profile(_ scored: EvaluationReport.Scored) -> [String] {
    let cutoffs = report.setting.cutoffs
    let rows = ["coverage", "novelty", "popularity_rank", "popularity_bias"]
    return TextTable(
      header: ["answers"] + cutoffs.map { "@\($0)" }, alignments: [.left] + cutoffs.map { _ in .right },
      rows: rows.map { row in
        [row.replacing("_", with: " ")] + cutoffs.map { number(scored.metrics["\(row)@\($0)"]) }
      }
    ).lines + ["popularity rank of the training events: \(number(scored.trainingPopularityRank))"]
  }

  private func sources(_ scored: EvaluationReport.Scored) -> [String] {
    TextTable(
      header: ["source", "items", "targets found"], alignments: [.left, .right, .right],
      rows: scored.sources.map { [$0.name, percent($0.items), percent($0.found ?? 0)] }
        + scored.fallback.map { ["  popular: \($0.name)", percent($0.items), ""] }
    ).lines
  }

  private func breakdown(
    _ key: String, _ title: String, _ breakdowns: [String: [EvaluationReport.Group]]
  ) -> [String]? {
    guard let groups = breakdowns[key], groups.count > 1 else { return nil }
    let keys = ["hr@\(largest)", "mrr@\(largest)"]
    // The last one, which may be what all others are together, is always shown.
    let shown = groups.count <= Self.groupsMax ? groups : groups.prefix(Self.groupsMax - 1) + [groups[groups.count - 1]]
    var lines = TextTable(
      header: [title, "positions", "HR@\(largest)", "95 %", "MRR@\(largest)", "95 %"],
      alignments: [.left, .right, .right, .right, .right, .right],
      rows: shown.map { group in
        [group.name, "\(group.positions)"]
          + keys.flatMap { [number(group.metrics[$0]), interval(group.intervals[$0])] }
      }
    ).lines
    if shown.count < groups.count { lines.append("\(groups.count - shown.count) more in the JSON output") }
    return lines
  }
}

func number(_ value: Double?) -> String { value.map { String(format: abs($0) < 10 ? "%.4f" : "%.2f", $0) } ?? "" }
func percent(_ value: Double) -> String { String(format: "%.1f %%", value * 100) }
func interval(_ ends: [Double]?) -> String {
  guard let ends, ends.count == 2 else { return "" }
  return "\(number(ends[0])) – \(number(ends[1]))"
}
