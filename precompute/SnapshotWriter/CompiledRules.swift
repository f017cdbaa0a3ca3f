import Configuration
import Models
import Session
import SnapshotFormat

/// The rules of a configuration as a snapshot holds them, with all that is said of them in words.
public struct CompiledRules: Sendable {
  /// A rule's condition with every `not` moved into the leaves, numbered as in the snapshot.
  public indirect enum Node: Sendable {
    case all([Node])
    case any([Node])
    case leaf(condition: Int, Leaf)
  }

  public struct Leaf: Sendable {
    public let text: String
    /// What is needed, such as "at least 3"; empty for what is simply so or not.
    public let needed: String
  }

  public struct CompiledRule: Sendable {
    public let id: String
    public let root: Node
    public let offer: String?
    /// Condition and effects in one line.
    public let meaning: String
    public let effects: [String]
  }

  public let rules: [CompiledRule]
  public let segments: [Rule.Segment]
  /// As `RuleLayout` has them.
  public let bytes: [UInt8]
  /// What is not wrong but will not work, such as an item that is not there.
  public let warnings: [String]

  public var isEmpty: Bool { rules.isEmpty }

  /// - Parameter isStrict: whether names that nothing is called by are errors; else what names them never holds, as in a snapshot
  ///   of a part of the data.
  /// - Throws: `ConfigurationError` with the place of what is wrong.
  public init(_ rules: [Rule], _ names: RuleNames, isStrict: Bool) throws {
    var compiler = RuleCompiler(names, isStrict: isStrict)
    compiler.declareSegments(rules)
    self.rules = try rules.map { try compiler.compile($0) }
    segments = compiler.segments
    warnings = compiler.warnings
    bytes = try compiler.encoded(rules)
  }
}
