import SnapshotFormat

/// How the answers of one context are put together, as a shop writes it.
public struct RecipeParameters: Sendable, Equatable {
  public var recipe = Recipe()
  public var adjustments: [NamedAdjustment] = []
  /// By name of the source: what it counts in the first choice of candidates, instead of the standard weight.
  public var sourceWeights: [String: Double] = [:]

  /// The sources that weights can be given for.
  public static let weighedSources = [
    "slist", "next_item", "two_steps", "bought_together", "repeats", "factors", "content", "popularity", "category",
  ]

  public init() {}

  init(_ value: YAMLValue) throws {
    var section = try value.section()
    if let value = try section.value("n") { recipe.limit = UInt8(try value.integer(in: 1...Recipe.limitMax)) }
    if let value = try section.value("exclude") { recipe.excludes = try Self.excludes(value) }
    if let value = try section.value("only_category") { recipe.isCategoryOnly = try value.bool() }
    if let value = try section.value("one_per_group") { recipe.isOnePerGroup = try value.bool() }
    if let value = try section.value("diversity") {
      recipe.diversity = UInt8((try value.number(in: 0...1) * Double(Recipe.diversityMax)).rounded())
    }
    if let value = try section.value("max_per_category") { recipe.perCategory = UInt8(try value.integer(in: 1...100)) }
    if let value = try section.value("max_per_brand") { recipe.perBrand = UInt8(try value.integer(in: 1...100)) }
    if let value = try section.value("price_from") { recipe.priceFrom = try Self.hundredths(value) }
    if let value = try section.value("price_to") {
      recipe.priceTo = try Self.hundredths(value)
      if recipe.priceTo < recipe.priceFrom { throw value.failure("below `price_from`: no price is in this range") }
    }
    if let value = try section.value("sources") { try readWeights(value) }
    if let value = try section.value("boost") { try readAdjustments(value, .boost) }
    if let value = try section.value("bury") { try readAdjustments(value, .boost, sign: -1) }
    if let value = try section.value("leave_out") { try readAdjustments(value, .exclude) }
    if let value = try section.value("pin") { try readAdjustments(value, .pin) }
    if let value = try section.value("sponsored") { try readAdjustments(value, .sponsor) }
    try section.finish()
    guard adjustments.count <= Recipe.adjustmentsMax else {
      throw value.failure("\(adjustments.count) adjustments; a context has at most \(Recipe.adjustmentsMax)")
    }
  }

  private static func excludes(_ value: YAMLValue) throws -> Recipe.Excludes {
    let words: [String: Recipe.Excludes] = ["bought": .bought, "cart": .inCart, "seen": .seen]
    return try value.list().reduce(into: []) { $0.formUnion(try $1.choice(words)) }
  }

  private static func hundredths(_ value: YAMLValue) throws -> UInt16 {
    UInt16((try value.number(in: 0.01...100) * 100).rounded())
  }

  private mutating func readWeights(_ value: YAMLValue) throws {
    var section = try value.section()
    for source in Self.weighedSources {
      if let value = try section.value(source) { sourceWeights[source] = try value.number(in: 0...1000) }
    }
    try section.finish()
  }

  private mutating func readAdjustments(_ value: YAMLValue, _ kind: Adjustment.Kind, sign: Float = 1) throws {
    adjustments += try value.list().map { try NamedAdjustment($0, kind, sign: sign) }
  }
}

/// An adjustment in the shop's own words.
public struct NamedAdjustment: Sendable, Equatable {
  public var kind: Adjustment.Kind
  public var items: AttributeName
  /// In mean deviations; below zero it buries.
  public var amount: Float = 0
  /// From 0.
  public var position: UInt8 = 0

  init(_ value: YAMLValue, _ kind: Adjustment.Kind, sign: Float) throws {
    self.kind = kind
    var section = try value.section()
    items = try AttributeName(&section, of: value)
    switch kind {
    case .boost:
      guard let by = try section.value("by") else { throw value.failure("needs `by`, a number from 0 to 100") }
      amount = sign * Float(try by.number(in: 0...Double(Adjustment.amountMax)))
    case .pin, .sponsor:
      guard let place = try section.value("position") else { throw value.failure("needs a `position`, from 1") }
      position = UInt8(try place.integer(in: 1...Recipe.limitMax) - 1)
    case .exclude: break
    }
    try section.finish()
  }
}

/// Items by what they have in common, in the shop's own words.
public struct AttributeName: Sendable, Equatable, CustomStringConvertible {
  public var kind: AttributeKey.Kind
  public var name: String
  /// Where it is written, such as `martlet.yaml:12`.
  public var place: String

  public init(_ kind: AttributeKey.Kind, _ name: String, place: String = "") {
    (self.kind, self.name, self.place) = (kind, name, place)
  }

  /// Takes the one key of `section` that names items.
  init(_ section: inout YAMLSection, of value: YAMLValue) throws {
    var found: [AttributeName] = []
    let place = value.file + (value.node.mark.map { ":\($0.line)" } ?? "")
    if let value = try section.value("item") { found.append(.init(.item, try value.string(), place: place)) }
    if let value = try section.value("category") { found.append(.init(.category, try value.string(), place: place)) }
    if let value = try section.value("brand") { found.append(.init(.brand, try value.string(), place: place)) }
    if let value = try section.value("tag") { found.append(.init(.tag, try value.string(), place: place)) }
    guard found.count == 1 else {
      throw value.failure("needs exactly one of `item`, `category`, `brand` and `tag`")
    }
    self = found[0]
  }

  public var description: String { "\(place): no \(kind) \"\(name)\"" }
}

/// The recipes by context; nil where the shop has written none.
public struct ContextRecipes: Sendable, Equatable {
  public var homepage: RecipeParameters?
  public var product: RecipeParameters?
  public var cart: RecipeParameters?
  public var category: RecipeParameters?
  public var search: RecipeParameters?
  public var afterPurchase: RecipeParameters?

  /// By the name that the context has everywhere.
  public subscript(_ context: String) -> RecipeParameters? {
    Self.keys.first { $0.0 == context }.flatMap { self[keyPath: $0.1] }
  }

  /// Whether no context has a recipe of its own.
  public var isEmpty: Bool { self == ContextRecipes() }

  mutating func read(_ value: YAMLValue) throws {
    var section = try value.section()
    for (key, path) in Self.keys {
      if let value = try section.value(key) { self[keyPath: path] = try RecipeParameters(value) }
    }
    try section.finish()
  }

  private nonisolated(unsafe) static let keys: [(String, WritableKeyPath<ContextRecipes, RecipeParameters?>)] = [
    ("homepage", \.homepage), ("product", \.product), ("cart", \.cart), ("category", \.category),
    ("search", \.search), ("after_purchase", \.afterPurchase),
  ]
}
