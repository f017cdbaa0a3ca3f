import EventLog

/// The few kinds of things by which visitors are told apart: categories, as coarse as they may be and as fine as they must.
///
/// Beginning with the top-level categories, the topic with the largest part of all interest is divided into its children, as long as
/// there are children and room; what is in none of the children that became topics stays with the parent.
struct ItemTopics: Sendable, Equatable {
  /// By topic, for people: the last part of the category's path, or the whole path where that part names two.
  let names: [String]
  /// By item; nil where the item is in none.
  let ofItem: [Int?]

  /// A topic that would have less of all interest than this stays with its parent.
  static let minimumShare = 0.005

  /// - Parameters:
  ///   - interest: by item, for instance the sessions that it was seen in.
  ///   - limit: topics at most.
  init(_ attributes: ItemAttributes, interest: [UInt32], limit: Int) {
    let shares = ItemTopics.shares(attributes, interest)
    var own = shares
    var children = [[Int]](repeating: [], count: attributes.categories.count)
    var chosen: [Int] = []
    for (number, category) in attributes.categories.enumerated() where shares[number] >= ItemTopics.minimumShare {
      if category.parent == ItemAttributes.none {
        chosen.append(number)
      } else {
        children[Int(category.parent)].append(number)
      }
    }
    chosen = Array(chosen.sorted { (shares[$1], $0) < (shares[$0], $1) }.prefix(limit))
    while chosen.count < limit {
      // A topic without children that could stand on their own is as fine as it gets.
      let candidates = chosen.filter { !children[$0].isEmpty }
      guard let widest = candidates.max(by: { (own[$0], $1) < (own[$1], $0) }) else { break }
      let parts = children[widest].sorted { (shares[$1], $0) < (shares[$0], $1) }.prefix(limit - chosen.count)
      children[widest] = []
      own[widest] -= parts.reduce(0) { $0 + shares[$1] }
      chosen += parts
    }
    chosen = chosen.filter { own[$0] > 0 }.sorted()
    let numbers = Dictionary(uniqueKeysWithValues: zip(chosen, 0...))
    names = ItemTopics.names(chosen.map { attributes.categories[$0].path })
    ofItem = attributes.categoryOfItem.map { category in
      attributes.chain(from: category).lazy.compactMap { numbers[Int($0)] }.first
    }
  }

  /// By category: its part of all interest, that of the categories below it counted.
  private static func shares(_ attributes: ItemAttributes, _ interest: [UInt32]) -> [Double] {
    var shares = [Double](repeating: 0, count: attributes.categories.count)
    for (item, category) in attributes.categoryOfItem.enumerated() where category != ItemAttributes.none {
      shares[Int(category)] += Double(interest[item])
    }
    // Children come after their parents.
    for (number, category) in attributes.categories.enumerated().reversed() where category.parent != ItemAttributes.none
    {
      shares[Int(category.parent)] += shares[number]
    }
    let total = interest.reduce(0) { $0 + Double($1) }
    return shares.map { $0 / max(total, 1) }
  }

  private static func names(_ paths: [String]) -> [String] {
    func last(_ path: String) -> String { path.split(separator: " > ").last.map(String.init) ?? path }
    let counts = Dictionary(paths.map { (last($0), 1) }, uniquingKeysWith: +)
    return paths.map { counts[last($0)] == 1 ? last($0) : $0 }
  }
}
