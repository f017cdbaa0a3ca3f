/// Which sources of candidates a build uses. What is off is neither learned nor stored nor asked; the list of what is popular
/// everywhere alone stays as the last resort, and weighs nothing beside the others.
public struct SourceSwitches: Sendable, Equatable {
  /// Sequential rules: what followed.
  public var nextItem = true
  /// What followed that: two steps of sequential rules.
  public var twoSteps = true
  /// Local SLIST.
  public var slist = true
  public var boughtTogether = true
  /// What the visitor has looked at before.
  public var repeats = true
  public var factors = true
  /// What is alike by its attributes.
  public var content = true
  /// Popular items beside the others; as a last resort they are answered in any case.
  public var popularity = true
  /// What is popular in a category, in a region too.
  public var categoryPopularity = true
  /// What is popular in a region, in its categories too.
  public var regionPopularity = true

  mutating func read(_ value: YAMLValue) throws {
    var section = try value.section()
    for (key, path) in Self.keys {
      if let value = try section.value(key) { self[keyPath: path] = try value.bool() }
    }
    try section.finish()
  }

  private nonisolated(unsafe) static let keys: [(String, WritableKeyPath<SourceSwitches, Bool>)] = [
    ("next_item", \.nextItem), ("two_steps", \.twoSteps), ("slist", \.slist), ("bought_together", \.boughtTogether),
    ("repeats", \.repeats), ("factors", \.factors), ("content", \.content), ("popularity", \.popularity),
    ("category_popularity", \.categoryPopularity), ("region_popularity", \.regionPopularity),
  ]
}
