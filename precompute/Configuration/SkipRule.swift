/// A row that is left out on purpose. Such rows are counted for each rule and are no rejects.
public struct SkipRule: Sendable, Equatable, CustomStringConvertible {
  public enum Test: Sendable, Equatable {
    case matches(GlobPattern)
    /// The number in the column is smaller, or larger, than this. A cell that is no number makes the row a reject.
    case below(Double)
    case above(Double)
    case empty
  }

  public let column: String
  public let test: Test

  public init(column: String, _ test: Test) {
    self.column = column
    self.test = test
  }

  /// The rule in words, as the summary shows it.
  public var description: String {
    switch test {
    case .matches(let pattern): "\(column) matches \(pattern)"
    case .below(let bound): "\(column) below \(bound.shortest)"
    case .above(let bound): "\(column) above \(bound.shortest)"
    case .empty: "\(column) empty"
    }
  }

  init(_ value: YAMLValue) throws {
    var section = try value.section()
    guard let column = try section.value("column") else { throw value.failure("a rule needs a `column`") }
    self.column = try column.string()
    var tests: [Test] = []
    if let value = try section.value("matches") { tests.append(.matches(try GlobPattern(value))) }
    if let value = try section.value("below") { tests.append(.below(try value.number(in: -1e18...1e18))) }
    if let value = try section.value("above") { tests.append(.above(try value.number(in: -1e18...1e18))) }
    if let value = try section.value("empty"), try value.choice(["true": true]) { tests.append(.empty) }
    try section.finish()
    guard tests.count == 1 else {
      throw value.failure("a rule needs exactly one of `matches`, `below`, `above` and `empty: true`")
    }
    test = tests[0]
  }
}

extension Double {
  fileprivate var shortest: String { Int(exactly: self).map(String.init) ?? String(self) }
}
