import EventLog
import SnapshotFormat

/// Where items are sold, as numbers of table `region`.
struct SaleRegions {
  /// By item index of the catalogue: ascending; empty where it is sold everywhere.
  let ofItem: [[UInt32]]

  var areApart: Bool { ofItem.contains { !$0.isEmpty } }

  /// - Parameters:
  ///   - codes: of table `region`, in its order; whatever the catalogue names is among them.
  ///   - groups: the regions of each group. An item that is sold in a group is sold in all of them.
  init(_ catalogue: Catalogue, codes: [String], groups: [String: [String]]) throws {
    let numbers = Dictionary(uniqueKeysWithValues: zip(codes, (0 as UInt32)...))
    ofItem = catalogue.items.map { item in
      let names = Set(item.regions + item.regions.flatMap { groups[$0] ?? [] })
      return names.compactMap { numbers[$0] }.sorted()
    }
    if let most = ofItem.map(\.count).max(), most > NumberList.countMax {
      throw SnapshotWriterError.tooMany(what: "regions of one item", count: most, most: NumberList.countMax)
    }
  }
}
