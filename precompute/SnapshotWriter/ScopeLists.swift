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

  /// What there was no room for.
  let leftOut: RegionsLeftOut

  /// - Parameters:
  ///   - groups: the regions of each group.
  ///   - budget: bytes of the base.
  init(_ models: TrainedModels, groups: [String: [String]], budget: Int) throws {
    let tree = models.regions
    let lists = Dictionary(grouping: models.popularity.lists, by: \.scope)
    func scope(_ number: Int) -> Scope {
      let scope = tree.scopes[number]
      return Scope(
        name: scope.name, parent: scope.parent == RegionTree.world ? nil : tree.scopes[scope.parent].name,
        people: scope.people, topLists: lists[number] ?? [], lifts: models.regionLift.rows[number])
    }
    let served = try ServedRegions(models, groups: groups, budget: budget)
    world = scope(RegionTree.world)
    regions = tree.scopes.indices.filter { served.hasFile[$0] }.map(scope)
    (servedBy, leftOut) = (served.servedBy, served.leftOut)
    codes = servedBy.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }
}
