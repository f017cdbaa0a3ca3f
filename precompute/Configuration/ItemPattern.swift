import Bytes

/// Which items a rule means, by shell patterns. Where several attributes are given all of them have to match.
public struct ItemPattern: Sendable, Equatable {
  public var id: GlobPattern?
  public var title: GlobPattern?
  public var category: GlobPattern?
  public var brand: GlobPattern?

  public init(
    id: GlobPattern? = nil, title: GlobPattern? = nil, category: GlobPattern? = nil, brand: GlobPattern? = nil
  ) {
    (self.id, self.title, self.category, self.brand) = (id, title, category, brand)
  }

  public func matches(id: String, title: String, category: String, brand: String) -> Bool {
    func fits(_ pattern: GlobPattern?, _ text: String) -> Bool { pattern?.matches(text) ?? true }
    return fits(self.id, id) && fits(self.title, title) && fits(self.category, category) && fits(self.brand, brand)
  }

  /// A plain text is a pattern on the id; `{ title: …, category: …, brand: …, id: … }` looks at the attributes.
  init(_ value: YAMLValue) throws {
    if case .scalar = value.node {
      id = try GlobPattern(value)
      return
    }
    var section = try value.section()
    if let value = try section.value("id") { id = try GlobPattern(value) }
    if let value = try section.value("title") { title = try GlobPattern(value) }
    if let value = try section.value("category") { category = try GlobPattern(value) }
    if let value = try section.value("brand") { brand = try GlobPattern(value) }
    try section.finish()
    if self == ItemPattern() { throw value.failure("a pattern needs one of `id`, `title`, `category` and `brand`") }
  }
}
