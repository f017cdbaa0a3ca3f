import Configuration
import Models
import SnapshotFormat

/// The snapshot's numbers for items, categories, brands and tags that a configuration names.
struct AttributeNames {
  private let numbers: [AttributeKey.Kind: [String: UInt32]]

  init(_ attributes: ItemAttributes, ids: [String]) {
    func numbered(_ names: [String]) -> [String: UInt32] {
      Dictionary(uniqueKeysWithValues: zip(names, (0 as UInt32)...))
    }
    numbers = [
      .item: numbered(ids), .category: numbered(attributes.categories.map(\.path)), .brand: numbered(attributes.brands),
      .tag: numbered(attributes.tags),
    ]
  }

  /// Nil where the shop has nothing of that name.
  func key(_ name: AttributeName) -> AttributeKey? {
    numbers[name.kind]?[name.name].map { AttributeKey(name.kind, $0) }
  }
}
