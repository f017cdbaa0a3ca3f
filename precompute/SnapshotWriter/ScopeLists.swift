import Configuration
import Models
import SnapshotFormat

/// The popularity lists of the world and of each region that has a file, and who is served by which.
struct ScopeLists {
  struct Scope {
    let name: String
    /// Nil where the parent is the world.
    let parent: String?
    let people: Int
    let topLists: [DecayedPopularity.TopList]
    let lifts: [RegionLift.Entry]

    /// The lists as rows of `top_list`.
    func lists(_ numbering: ItemNumbering) -> [(row: Int64, bytes: [UInt8])] {
      topLists.map { list in
        let row = list.category.map { TopList.row(category: UInt16($0)) } ?? TopList.overallRow
        return (row, TopList.encode(items: list.items.map { numbering.numbers[Int($0)] }, scores: list.scores))
      }
    }

    /// The entries of `region_lift` for items that are shown, ascending.
    func lifts(_ numbering: ItemNumbering) -> [UInt32] {
      lifts.map { LiftEntry.encode(item: numbering.numbers[Int($0.item)], lift: $0.lift) }.sorted()
    }
  }

  /// Stands in `servedBy` for the base file alone.
  static let world = RegionRules.world

  let world: Scope
  let regions: [Scope]
  /// By region code of the events or the configuration: the region whose file serves it, or `world`.
  let servedBy: [String: String]

  var scopes: [Scope] { [world] + regions }
  /// The codes of table `region`, in its order.
  let codes: [String]

  /// - Parameter groups: the regions of each group.
  init(_ models: TrainedModels, groups: [String: [String]]) throws {
    let tree = models.regions
    let lists = Dictionary(grouping: models.popularity.lists, by: \.scope)
    let scopes = tree.scopes.enumerated().map { number, scope in
      Scope(
        name: scope.name, parent: scope.parent == RegionTree.world ? nil : tree.scopes[scope.parent].name,
        people: scope.people, topLists: lists[number] ?? [],
        lifts: models.regionLift.rows[number])
    }
    world = scopes[RegionTree.world]
    regions = Array(scopes.dropFirst())
    var names: Set = [ScopeLists.world]
    for region in regions {
      guard names.insert(region.name).inserted else { throw SnapshotWriterError.regionNamedTwice(name: region.name) }
    }
    var servedBy: [String: String] = [:]
    for region in regions { servedBy[region.name] = region.name }
    for (region, scope) in zip(models.regionNames, tree.scopeOfRegion) {
      servedBy[region] = scope == RegionTree.world ? ScopeLists.world : tree.scopes[scope].name
    }
    // Where items are sold, people may come from who have done nothing yet.
    let groupOfRegion = Dictionary(
      groups.flatMap { group, members in members.map { ($0, group) } }, uniquingKeysWith: { first, _ in first })
    let sold = Set(models.catalogue.items.lazy.flatMap(\.regions))
    for region in sold.union(sold.flatMap { groups[$0] ?? [] }) where servedBy[region] == nil {
      servedBy[region] = groupOfRegion[region].flatMap { servedBy[$0] } ?? ScopeLists.world
    }
    guard servedBy.count < Int(UInt16.max) else {
      throw SnapshotWriterError.tooMany(what: "regions", count: servedBy.count, most: Int(UInt16.max) - 1)
    }
    self.servedBy = servedBy
    codes = servedBy.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }
}
