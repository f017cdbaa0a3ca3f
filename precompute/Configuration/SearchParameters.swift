/// The term index, by which `context=search` finds items.
public struct SearchParameters: Sendable, Equatable {
  /// Of the byte budget, what the index may take at most; 0: there is none.
  public var share = 0.1

  mutating func read(_ value: YAMLValue) throws {
    var section = try value.section()
    if let value = try section.value("share") { share = try value.share() }
    try section.finish()
  }
}
