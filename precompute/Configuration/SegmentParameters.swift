/// How visitors are divided into segments; what the parameters mean is described with the models.
public struct SegmentParameters: Sendable, Equatable {
  /// Bounds of the number of segments; at most 0: none are made.
  public var minimum = 2
  public var maximum = 8
  /// A segment has at least so many people, and at least this share of all.
  public var minimumPeople = 5
  public var minimumShare = 0.02
  /// Kinds of things by which visitors are told apart, at most.
  public var topics = 31
  /// How much likelier than any other segment a session's has to be.
  public var odds = 2.0
  /// Whether the snapshot holds what is popular in each segment.
  public var lists = false
  /// Whether it holds what is popular in each segment that rules join.
  public var ruleLists = false

  mutating func read(_ value: YAMLValue) throws {
    var section = try value.section()
    if let value = try section.value("minimum") { minimum = try value.integer(in: 2...32) }
    if let value = try section.value("maximum") { maximum = try value.integer(in: 0...32) }
    if let value = try section.value("minimum_people") { minimumPeople = try value.integer(in: 1...1_000_000_000) }
    if let value = try section.value("minimum_share") { minimumShare = try value.share() }
    if let value = try section.value("topics") { topics = try value.integer(in: 2...31) }
    if let value = try section.value("odds") { odds = try value.number(in: 1...1e6) }
    if let value = try section.value("lists") { lists = try value.bool() }
    if let value = try section.value("rule_lists") { ruleLists = try value.bool() }
    try section.finish()
  }
}
