import EventLog

/// Categories, brands and tags as numbers. A category may be a path ("Home > Kitchen > Mugs"); every prefix of a path is a
/// category of its own. Numbers follow the byte order of the names, so they do not depend on the order of the input,
/// and a parent always has a smaller number than its children.
public struct ItemAttributes: Sendable {
  /// Stands for "none" in all columns.
  public static let none = UInt32.max

  public struct Category: Sendable, Equatable {
    /// The whole path, parts joined by " > ".
    public var path: String
    /// `ItemAttributes.none` at the top.
    public var parent: UInt32
  }

  public let categories: [Category]
  public let brands: [String]
  /// By item: its innermost category.
  public let categoryOfItem: [UInt32]
  public let brandOfItem: [UInt32]
  /// In byte order.
  public let tags: [String]
  /// By item: its tags, ascending.
  public let tagsOfItem: [[UInt32]]

  public init(_ catalogue: Catalogue, itemCount: Int, pathSeparator: Character = ">") {
    let items = catalogue.items.prefix(itemCount)
    let brandNames = Set(items.map(\.brand)).subtracting([""]).sorted(by: byteOrder)
    let brandNumbers = numbers(brandNames)
    let pathOfName = Dictionary(
      items.map { ($0.category, path($0.category, pathSeparator)) }, uniquingKeysWith: { first, _ in first })
    let prefixes = pathOfName.values.flatMap { path in (0..<path.count).map { Array(path[...$0]) } }
    let paths = Set(prefixes).sorted { byteOrder(name($0), name($1)) }
    let pathNumbers = numbers(paths)

    categories = paths.map { path in
      Category(path: name(path), parent: pathNumbers[path.dropLast()] ?? ItemAttributes.none)
    }
    brands = brandNames
    let missing = [UInt32](repeating: ItemAttributes.none, count: itemCount - items.count)
    categoryOfItem = items.map { pathNumbers[pathOfName[$0.category]!] ?? ItemAttributes.none } + missing
    brandOfItem = items.map { brandNumbers[$0.brand] ?? ItemAttributes.none } + missing
    tags = Set(items.lazy.flatMap(\.tags)).sorted(by: byteOrder)
    let tagNumbers = numbers(tags)
    tagsOfItem = items.map { Set($0.tags).map { tagNumbers[$0]! }.sorted() } + missing.map { _ in [] }
  }

  /// The category, then its parents up to the top; empty for `none`.
  public func chain(from category: UInt32) -> [UInt32] {
    var chain: [UInt32] = []
    var next = category
    while next != ItemAttributes.none {
      chain.append(next)
      next = categories[Int(next)].parent
    }
    return chain
  }
}

private func byteOrder(_ a: String, _ b: String) -> Bool { a.utf8.lexicographicallyPrecedes(b.utf8) }

private func numbers<Key: Hashable>(_ keys: [Key]) -> [Key: UInt32] {
  Dictionary(uniqueKeysWithValues: zip(keys, 0...))
}

/// A path as one text. Ordered by these, parents stand before their children.
private func name(_ path: [String]) -> String { path.joined(separator: " > ") }

/// The non-empty parts of a category path, without the blanks around them.
private func path(_ name: String, _ separator: Character) -> [String] {
  name.split(separator: separator).map { part in
    let start = part.drop(while: \.isWhitespace)
    return String(start.prefix(upTo: start.lastIndex { !$0.isWhitespace }.map(start.index(after:)) ?? start.startIndex))
  }.filter { !$0.isEmpty }
}
