import Foundation
import Replay

/// A change of the configuration whose effect is measured: what it is called, and the values that it sets.
public struct Variant: Sendable, Equatable {
  public let name: String
  public let values: [String: String]

  public init(name: String, values: [String: String]) { (self.name, self.values) = (name, values) }

  /// Reads `key=value`, or several of them with commas between.
  public init(_ text: String) throws {
    var values: [String: String] = [:]
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let sides = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard sides.count == 2, !sides[0].isEmpty, !sides[1].isEmpty else { throw EvaluationError.badVariant(text) }
      values[String(sides[0])] = String(sides[1])
    }
    self.init(name: text, values: values)
  }

  /// One source of candidates off each.
  public static let sources = [
    "slist", "next_item", "two_steps", "bought_together", "repeats", "factors", "content", "popularity",
    "category_popularity", "region_popularity",
  ].map { Variant(name: "without \($0)", values: ["sources.\($0)": "false"]) }
}

/// What each of some variants changes at the same positions: metrics at the largest cut-off.
public struct VariantTable: Sendable {
  public struct Row: Sendable, Equatable {
    public let name: String
    /// By metric, such as `hr@20`.
    public let metrics: [String: Double]
    /// Variant minus base, and its 95 % interval, low and high end; nil for the base itself.
    public let differences: [String: Double]?
    public let intervals: [String: [Double]]?
  }

  /// Protocol, parts and intervals, in words.
  public let caption: String
  public let columns: [String]
  /// The base first.
  public let rows: [Row]

  /// A table as documents have it.
  public var markdown: String {
    let header = ["configuration"] + columns.flatMap { [$0.uppercased(), "difference", "95 %"] }
    let lines = [header, ["---"] + columns.flatMap { _ in ["--:", "--:", ":-:"] }] + rows.map(cells)
    return "\(caption)\n\n" + lines.map { "| " + $0.joined(separator: " | ") + " |" }.joined(separator: "\n")
  }

  private func cells(_ row: Row) -> [String] {
    [row.name]
      + columns.flatMap { column in
        [
          number(row.metrics[column]), signed(row.differences?[column]),
          row.intervals?[column].map { $0.map { signed($0) }.joined(separator: " to ") } ?? "",
        ]
      }
  }
}

extension Evaluation {
  /// Evaluates `base` and each variant of it, one after the other, so that no more than two snapshots are held at once; then models of
  /// whole past sessions, on the training part as `base` reads it.
  public func run(
    _ base: Subject, variants: [Subject], references: [ReferenceModel] = [], on test: TestSet
  ) throws -> VariantTable {
    let columns = ["hr", "mrr"].map { "\($0)@\(evaluator.cutoffs.last ?? 0)" }
    func sums(_ name: String, _ outcomes: () throws -> [Outcome]) rethrows -> SessionSums {
      progress.begin(name)
      return SessionSums(try outcomes(), test, cutoffs: evaluator.cutoffs, positions: test.positions.indices)
    }
    let baseSums = try sums(base.name) { try ask(base, test).answers.outcomes }
    func row(_ name: String, _ outcomes: () throws -> [Outcome]) rethrows -> VariantTable.Row {
      let sums = try sums(name, outcomes)
      let difference = figures(sums - baseSums)
      return VariantTable.Row(
        name: name, metrics: figures(sums).metrics, differences: difference.metrics, intervals: difference.intervals)
    }
    let rows =
      try variants.map { variant in try row(variant.name) { try ask(variant, test).answers.outcomes } }
      + references.map { reference in
        row(reference.model.name) { evaluator.run(reference, trainedOn: base, test) }
      }
    let first = VariantTable.Row(name: base.name, metrics: figures(baseSums).metrics, differences: nil, intervals: nil)
    return VariantTable(
      caption: "\(test.positionCount) positions of \(test.sessionCount) sessions; \(test.protocolOfTest.description) "
        + "(context \(evaluator.context.name)); differences paired, \(resamples) resamples of the sessions",
      columns: columns, rows: [first] + rows)
  }
}

private func signed(_ value: Double?) -> String { value.map { String(format: "%+.4f", $0) } ?? "" }
