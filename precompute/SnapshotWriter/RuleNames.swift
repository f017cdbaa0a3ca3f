import Configuration
import Models

/// What the shop's names stand for in a snapshot.
public struct RuleNames {
  /// By the whole path.
  public let categories: [String: UInt32]
  public let brands: [String: UInt32]
  public let tags: [String: UInt32]
  /// By code; nil before visitors have been told apart.
  public let clusters: [String: UInt32]?
  public let item: (String) -> UInt32?
  private let categoriesOfLastPart: [String: [String]]

  public init(
    categories: [String: UInt32], brands: [String: UInt32], tags: [String: UInt32], clusters: [String: UInt32]?,
    item: @escaping (String) -> UInt32?
  ) {
    (self.categories, self.brands, self.tags, self.clusters, self.item) = (categories, brands, tags, clusters, item)
    categoriesOfLastPart = Dictionary(grouping: categories.keys) { RuleNames.parts($0).last ?? "" }
  }

  private static func parts(_ path: String) -> [String] {
    path.split(separator: ">").map { $0.split(separator: " ").joined(separator: " ") }
  }

  /// The number of what `name` names; nil where nothing is called so. A category is named by its path, or by the last part of it where
  /// no other ends so.
  func number(_ kind: Rule.Attribute.Kind, _ name: Rule.Named) throws -> UInt32? {
    switch kind {
    case .brand: return brands[name.text]
    case .tag: return tags[name.text]
    case .item: return item(name.text)
    case .category:
      let parts = RuleNames.parts(name.text)
      if let number = categories[parts.joined(separator: " > ")] { return number }
      guard parts.count == 1, let paths = categoriesOfLastPart[parts[0]] else { return nil }
      if paths.count > 1 {
        let list = paths.sorted().prefix(3).map { "`\($0)`" }.joined(separator: ", ")
        throw name.failure("\"\(name.text)\" may be \(list)\(paths.count > 3 ? ", …" : ""): write the whole path")
      }
      return categories[paths[0]]
    }
  }

  /// The known name that looks most like a wrong one.
  func nearest(_ kind: Rule.Attribute.Kind, to name: String) -> String? {
    let known =
      switch kind {
      case .category: Array(categories.keys) + categoriesOfLastPart.filter { $0.value.count == 1 }.map(\.key)
      case .brand: Array(brands.keys)
      case .tag: Array(tags.keys)
      case .item: [String]()
      }
    let folded = name.lowercased()
    return known.filter { other in
      let other = other.lowercased()
      return other == folded || other.hasPrefix(folded) || folded.hasPrefix(other) && other.count > 3
    }.min { ($0.count, $0) < ($1.count, $1) }
  }
}

func numbered(_ names: some Sequence<String>) -> [String: UInt32] {
  Dictionary(zip(names, 0...), uniquingKeysWith: { first, _ in first })
}
