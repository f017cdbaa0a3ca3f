import Bytes
import Configuration

/// The configured rules by which rows are left out, bound to the columns of one file.
struct SkipFilter {
  private let rules: [(slot: Int, test: SkipRule.Test)]

  init(_ rules: [SkipRule], _ reader: any RowReader, _ columns: inout FieldColumns) throws {
    var bound: [(Int, SkipRule.Test)] = []
    for rule in rules {
      if reader is DelimitedReader, !reader.has(rule.column) {
        throw FieldColumns.missing(rule.column, "a skip rule", reader)
      }
      bound.append((columns.slot(of: rule.column), rule.test))
    }
    self.rules = bound
  }

  /// Nil for a row that no rule leaves out.
  func outcome(of row: [ByteView]) -> RowPump.Outcome? {
    for (index, rule) in rules.enumerated() {
      let text = row[rule.slot].trimmed
      switch rule.test {
      case .matches(let pattern): if pattern.matches(text) { return .skipped(rule: index) }
      case .empty: if text.isEmpty { return .skipped(rule: index) }
      case .below(let bound):
        guard let number = DecimalText(text) else { return .rejected(.badNumber) }
        if number.double < bound { return .skipped(rule: index) }
      case .above(let bound):
        guard let number = DecimalText(text) else { return .rejected(.badNumber) }
        if number.double > bound { return .skipped(rule: index) }
      }
    }
    return nil
  }
}
