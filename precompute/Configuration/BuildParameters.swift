/// How far back the lists look, counted from `as_of`.
public struct Windows: Sendable, Equatable {
  /// What is trending.
  public var trendingSeconds: UInt32 = 30 * 86_400
  /// Item-to-item lists and factors; nil: all of the input.
  public var listsSeconds: UInt32?

  mutating func read(_ value: YAMLValue) throws {
    var section = try value.section()
    if let value = try section.value("trending") { trendingSeconds = try value.seconds() }
    if let value = try section.value("lists") { listsSeconds = try value.string() == "all" ? nil : value.seconds() }
    try section.finish()
  }
}

/// Which regions get lists of their own.
public struct RegionRules: Sendable, Equatable {
  /// What a manifest calls everywhere.
  public static let world = "world"
  /// Regions that events can be told apart by.
  public static let most = 65_534
  /// Bytes of a region's code or a group's name. A longer one is unknown to the scorer, an empty one is that of no region.
  public static let codeBytes = 1...255

  /// Regions with fewer distinct people are merged into their group, or, without one, into the world.
  public var minimumPeople = 30
  /// Only this many regions, those with the most events, stay; nil: all.
  public var keepBusiest: Int?
  /// The name under which the others count together, where only some stay.
  public var other = "other"
  /// Regions by the name of the group that they belong to.
  public var groups: [String: [String]] = [:]

  /// What is no region's code: visitors come from a region, not from a group of them or from everywhere.
  public var takenNames: [String] { [Self.world] + groups.keys }

  mutating func read(_ value: YAMLValue) throws {
    var section = try value.section()
    if let value = try section.value("minimum_people") { minimumPeople = try value.integer(in: 1...1_000_000_000) }
    if let value = try section.value("keep_busiest") { keepBusiest = try value.integer(in: 1...Self.most) }
    if let value = try section.value("other") {
      other = try value.regionCode()
      if keepBusiest == nil { throw value.failure("needs `keep_busiest`: without it no region is left over") }
    }
    if let value = try section.value("groups") { try readGroups(value) }
    if keepBusiest != nil, takenNames.contains(other) {
      throw (try section.value("other") ?? value).failure(
        "`other` is \"\(other)\", which is a group or the world, no region")
    }
    try section.finish()
  }

  private mutating func readGroups(_ value: YAMLValue) throws {
    var groupOfRegion: [String: String] = [:]
    for (name, value) in try value.entries() {
      try value.checkRegionCode(name)
      if name == Self.world { throw value.failure("\"\(name)\" is everywhere, no group may be called so") }
      let members = try value.regionCodes()
      for member in members {
        if let earlier = groupOfRegion.updateValue(name, forKey: member) {
          throw value.failure("\"\(member)\" is in group \"\(earlier)\" already")
        }
      }
      groups[name] = members
    }
  }
}

extension YAMLValue {
  /// One region's code or a list of such.
  fileprivate func regionCodes() throws -> [String] {
    if case .sequence = node { return try list().map { try $0.regionCode() } }
    return [try regionCode()]
  }

  func regionCode() throws -> String {
    let code = try string()
    try checkRegionCode(code)
    return code
  }

  /// - Throws: where `code` is no code of a region, at this value.
  fileprivate func checkRegionCode(_ code: String) throws {
    guard RegionRules.codeBytes.contains(code.utf8.count) else {
      throw failure("a region's code and a group's name have 1 to 255 bytes, this one has \(code.utf8.count)")
    }
  }
}

/// What the build may put out.
public struct SnapshotLimits: Sendable, Equatable {
  /// Bytes that the base file may have.
  public var budgetBytes: UInt64 = 8 << 20
  /// Published generations that stay for rollback, the newest counted.
  public var keepGenerations = 3

  mutating func read(_ value: YAMLValue) throws {
    var section = try value.section()
    if let value = try section.value("budget") { budgetBytes = try value.bytes(in: 64 << 10...64 << 20) }
    if let value = try section.value("keep_generations") { keepGenerations = try value.integer(in: 1...1000) }
    try section.finish()
  }
}
