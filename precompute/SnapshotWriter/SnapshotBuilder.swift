import struct Configuration.AttributeName
import struct Configuration.Configuration
import Foundation
import GRDB
import Models
import SnapshotFormat

/// A file of a finished snapshot, not yet published.
public struct SnapshotFile: Sendable {
  public let kind: FileKind
  /// Region files: the region's code, and its parent's where it has one below the world.
  public let region: String?
  public let parent: String?
  public let path: String
  public let bytes: Int
}

/// A finished snapshot: the files of one generation, verified.
public struct Snapshot: Sendable {
  public let generation: String
  public let asOf: UInt32
  public let files: [SnapshotFile]
  /// By region code: the region whose file serves it, "world" where the base alone does.
  public let servedBy: [String: String]
  public let regionsLeftOut: RegionsLeftOut
  public let bought: BudgetReport
  public let items: Int
  public let shown: Int
  /// What recipes name and the shop does not have.
  public let unknownNames: [AttributeName]
}

/// What the budget was spent on.
public struct BudgetReport: Sendable {
  public let budget: Int
  public let bytes: Int
  public let dimensionsWanted: Int
  public let dimensions: Int
  public let entriesWanted: Int
  public let entriesKept: Int
  /// The part of the lists' value (traffic times weight) that the kept entries carry.
  public let valueKept: Double
}

/// Writes the files of a snapshot into a directory of its own.
public struct SnapshotBuilder {
  let models: TrainedModels
  let plan: SnapshotPlan
  let configuration: Configuration
  let directory: String

  public init(_ models: TrainedModels, _ plan: SnapshotPlan, _ configuration: Configuration, directory: String) {
    (self.models, self.plan, self.configuration, self.directory) = (models, plan, configuration, directory)
  }

  public func build() throws -> Snapshot {
    let groups = configuration.regions.groups
    let scopes = try ScopeLists(models, groups: groups, budget: plan.budget)
    let sale = try SaleRegions(models.catalogue, codes: scopes.codes, groups: groups)
    let lookups = LookupTables(models, plan, configuration)
    // All lists whole at first; what the file then measures says how many entries it can keep. A file that fits at the
    // second try may be a few pages below the budget: entries do not all take the same bytes.
    var entries = Int.max
    let rules = try CompiledRules(configuration.rules, RuleNames(models, ItemNumbering(models)), isStrict: false)
    while true {
      let contents = try BaseContents(models, sale, rules, pageSize: plan.pageSize, entries: entries)
      let recipes = RecipeTables(configuration, AttributeNames(models.attributes, ids: contents.ids))
      let generation = generation(contents, scopes, recipes, lookups)
      let base = try writeBase(contents, scopes, recipes, lookups, generation)
      if base.bytes > plan.budget {
        try FileManager.default.removeItem(atPath: base.path)
        let left = contents.listBytes - (base.bytes - plan.budget)
        guard contents.lists.entriesKept > 0, left >= 0 else {
          throw SnapshotWriterError.overBudget(bytes: base.bytes - contents.listBytes, budget: plan.budget)
        }
        entries = min(entries - 1, contents.lists.entriesKept * left / contents.listBytes)
        continue
      }
      let files =
        [base] + (try writeRegions(scopes, contents.numbering, generation)) + (try writeText(contents, generation))
      let snapshot = Snapshot(
        generation: generation, asOf: models.asOf, files: files, servedBy: scopes.servedBy,
        regionsLeftOut: scopes.leftOut, bought: report(contents, base.bytes), items: contents.ids.count,
        shown: contents.numbering.shown,
        unknownNames: recipes.unknown)
      try Verification.check(snapshot, contents, models.attributes, terms: lookups.terms.rows.map(\.text))
      return snapshot
    }
  }

  private func report(_ contents: BaseContents, _ bytes: Int) -> BudgetReport {
    BudgetReport(
      budget: plan.budget, bytes: bytes, dimensionsWanted: plan.dimensionsWanted, dimensions: contents.dimensions,
      entriesWanted: contents.lists.entriesWanted, entriesKept: contents.lists.entriesKept,
      valueKept: contents.lists.valueKept)
  }

  // MARK: Files

  private func file(_ kind: FileKind, _ name: String, region: String? = nil, parent: String? = nil) throws
    -> SnapshotFile
  {
    let path = "\(directory)/\(name)"
    let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int
    return SnapshotFile(kind: kind, region: region, parent: parent, path: path, bytes: size ?? 0)
  }

  private func writeBase(
    _ contents: BaseContents, _ scopes: ScopeLists, _ recipes: RecipeTables, _ lookups: LookupTables,
    _ generation: String
  ) throws -> SnapshotFile {
    let name = "base.sqlite"
    try DatabaseFile.create(
      at: "\(directory)/\(name)", kind: .base, generation: generation, pageSize: plan.pageSize, schema: Schema.base
    ) { db in
      try insertBaseMeta(contents, regions: scopes.codes.count, db)
      try insertAttributes(db)
      let people = Dictionary(uniqueKeysWithValues: scopes.regions.map { ($0.name, $0.people) })
      for (id, code) in scopes.codes.enumerated() {
        let region = scopes.servedBy[code] ?? ScopeLists.world
        try db.execute(
          sql: "INSERT INTO region VALUES (?, ?, ?, ?)",
          arguments: [id, code, region, people[region] ?? scopes.world.people])
      }
      try DatabaseFile.insertTopLists(scopes.world.lists(contents.numbering), db)
      for (item, salt) in contents.names.salts {
        try db.execute(sql: "INSERT INTO item_salt VALUES (?, ?)", arguments: [item, Int(salt)])
      }
      try SegmentTables(models).insert(contents.numbering, db)
      try RuleRows(rules: contents.rules).insert(pageSize: plan.pageSize, db)
      try ScoringTables(models, configuration).insert(db)
      try recipes.insert(db)
      try lookups.insert(db)
      for (kind, trees) in models.sortedRankers {
        try db.execute(
          sql: "INSERT INTO ranker VALUES (?, ?, ?)",
          arguments: [Int(kind.rawValue), "\(kind.name)", Data(TreeEnsemble.encode(trees))])
      }
      for column in contents.columns { try DatabaseFile.insertBlocks(column.table, column.blocks, db) }
      for heap in contents.heaps { try DatabaseFile.insertBlocks(heap.table, heap.blocks, db) }
      for view in ReadableViews.base(contents) { try db.execute(sql: view) }
    }
    return try file(.base, name)
  }

  private func insertBaseMeta(_ contents: BaseContents, regions: Int, _ db: GRDB.Database) throws {
    let values: [(StaticString, Int)] = [
      (MetaKey.asOf, Int(models.asOf)), (MetaKey.items, contents.ids.count), (MetaKey.shown, contents.numbering.shown),
      (MetaKey.slots, contents.slotCount), (MetaKey.dimensions, contents.dimensions),
      (MetaKey.categories, models.attributes.categories.count), (MetaKey.regions, regions),
      (MetaKey.brands, models.attributes.brands.count), (MetaKey.tags, models.attributes.tags.count),
      (MetaKey.groups, contents.hasGroups ? 1 : 0), (MetaKey.soldApart, contents.isSoldApart ? 1 : 0),
      (MetaKey.sessionWindow, Int(configuration.session.windowSeconds)),
      (MetaKey.sessionPause, Int(configuration.session.pauseSeconds)), (MetaKey.budget, plan.budget),
      (MetaKey.dimensionsWanted, plan.dimensionsWanted), (MetaKey.entriesWanted, contents.lists.entriesWanted),
      (MetaKey.entriesKept, contents.lists.entriesKept),
      (MetaKey.valueKeptPermille, Int((contents.lists.valueKept * 1000).rounded())),
    ]
    for (key, value) in values { try DatabaseFile.insertMeta(key, value, db) }
  }

  private func insertAttributes(_ db: GRDB.Database) throws {
    for (id, category) in models.attributes.categories.enumerated() {
      let parent: Int? = category.parent == ItemAttributes.none ? nil : Int(category.parent)
      try db.execute(sql: "INSERT INTO category VALUES (?, ?, ?)", arguments: [id, parent, category.path])
    }
    for (id, brand) in models.attributes.brands.enumerated() {
      try db.execute(sql: "INSERT INTO brand VALUES (?, ?)", arguments: [id, brand])
    }
    guard !models.attributes.tags.isEmpty else { return }
    for statement in Schema.tags { try db.execute(sql: "\(statement)") }
    for (id, tag) in models.attributes.tags.enumerated() {
      try db.execute(sql: "INSERT INTO tag VALUES (?, ?)", arguments: [id, tag])
    }
  }

  private static let regionPageSize = 4096

  private func writeRegions(
    _ scopes: ScopeLists, _ numbering: ItemNumbering, _ generation: String
  ) throws -> [SnapshotFile] {
    try scopes.regions.enumerated().map { number, scope in
      let name = "region-\(number).sqlite"
      try DatabaseFile.create(
        at: "\(directory)/\(name)", kind: .region, generation: generation, pageSize: SnapshotBuilder.regionPageSize,
        schema: Schema.regionFile
      ) { db in
        try DatabaseFile.insertMeta(MetaKey.region, scope.name, db)
        if let parent = scope.parent { try DatabaseFile.insertMeta(MetaKey.parent, parent, db) }
        try DatabaseFile.insertMeta(MetaKey.people, scope.people, db)
        try DatabaseFile.insertTopLists(scope.lists(numbering), db)
        var lifts = ColumnPacker(width: LiftEntry.width, pageSize: SnapshotBuilder.regionPageSize)
        for entry in scope.lifts(numbering) { lifts.append(entry) }
        try DatabaseFile.insertMeta(MetaKey.lifts, scope.lifts.count, db)
        try DatabaseFile.insertBlocks(Schema.regionLift, lifts.blocks, db)
        for view in ReadableViews.region { try db.execute(sql: view) }
      }
      return try file(.region, name, region: scope.name, parent: scope.parent)
    }
  }

  /// One file of titles, URLs and images, where the catalogue has any.
  private func writeText(_ contents: BaseContents, _ generation: String) throws -> [SnapshotFile] {
    let items = models.catalogue.items
    guard items.contains(where: { !$0.title.isEmpty || !$0.url.isEmpty || !$0.image.isEmpty }) else { return [] }
    let name = "text.sqlite"
    try DatabaseFile.create(
      at: "\(directory)/\(name)", kind: .text, generation: generation, pageSize: 16384, schema: Schema.text
    ) { db in
      let insert = try db.makeStatement(sql: "INSERT INTO item_text VALUES (?, ?, ?, ?)")
      for (number, index) in contents.numbering.indices.enumerated() {
        let texts = [items[index].title, items[index].url, items[index].image].map { $0.isEmpty ? nil : $0 }
        try insert.execute(arguments: [number, texts[0], texts[1], texts[2]])
      }
    }
    return [try file(.text, name)]
  }
}
