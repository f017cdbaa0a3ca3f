import Configuration
import Foundation
import Models
import SnapshotFormat

/// Everything that goes into a base file, packed: blocks, lists and small tables. Depends on nothing but its input.
struct BaseContents {
  let pageSize: Int
  let numbering: ItemNumbering
  let ids: [String]
  let names: ItemNames
  let dimensions: Int
  let slotCount: Int
  private(set) var columns: [(table: StaticString, blocks: [Data])] = []
  private(set) var heaps: [(table: StaticString, blocks: [Data])] = []
  let lists: ListBudget
  let rules: CompiledRules
  /// Whether two items are variants of one product.
  private(set) var hasGroups = false
  /// Whether an item is not sold everywhere.
  let isSoldApart: Bool

  /// Bytes of the pages that hold item lists: what the budget can still shrink.
  var listBytes: Int {
    let tables = ListKind.allCases.map { "\($0.heap.table)" }
    let lists = heaps.filter { tables.contains("\($0.table)") }
    return lists.reduce(0) { $0 + $1.blocks.count * pageSize }
  }

  /// β of the confidence n / (n + β): an item seen in ten sessions is trusted by half.
  static let confidenceBeta: Float = 10

  init(
    _ models: TrainedModels, _ regions: SaleRegions, _ rules: CompiledRules, pageSize: Int, entries: Int
  ) throws {
    self.pageSize = pageSize
    self.rules = rules
    let numbering = ItemNumbering(models)
    self.numbering = numbering
    let ids = numbering.indices.map { models.itemIDs[$0] }
    self.ids = ids
    guard numbering.shown > 0 else { throw SnapshotWriterError.nothingToShow }
    guard ids.count <= 1 << 24 else {
      throw SnapshotWriterError.tooMany(what: "items", count: ids.count, most: 1 << 24)
    }
    names = ItemNames(ids: ids, salts: numbering.indices.map { models.catalogue.items[$0].nameSalt })
    dimensions = models.factors?.dimensions ?? 0
    slotCount = SlotIndex.slotCount(items: ids.count)
    lists = ListBudget(
      ListKind.allCases.map { (models.lists($0), BaseContents.value($0, models)) }, entries: entries)
    isSoldApart = regions.areApart
    try packIDs()
    for kind in ListKind.allCases { try packLists(kind, models.lists(kind), lists.kept[kind.rawValue]) }
    try packAttributes(models)
    packFactors(models)
    packBehaviour(models)
    try packNumberLists(.tags, .tags, models.attributes.tagsOfItem)
    packGroups(models)
    try packNumberLists(.regions, .regions, regions.ofItem)
    var slots = ColumnPacker(.slot, pageSize: pageSize)
    for slot in SlotIndex.build(names: names.names) { slots.append(slot) }
    columns.append((Column.slot.table, slots.blocks))
  }

  /// By item: what its list of `kind` is worth. That is its traffic; likeness is asked for where sessions say little.
  private static func value(_ kind: ListKind, _ models: TrainedModels) -> [Float] {
    // Items that nobody has visited lately still get visits.
    let traffic = models.popularity.itemPopularity.map { max($0, 1e-9) }
    // A second list of what stands in one session says less that is new.
    if kind == .boughtTogether { return traffic.map { 0.5 * $0 } }
    guard kind == .content else { return traffic }
    return zip(traffic, models.sessionsOfItem).map { $0 * (1 - confidence(sessions: $1)) }
  }

  /// n / (n + β).
  private static func confidence(sessions: UInt32) -> Float { Float(sessions) / (Float(sessions) + confidenceBeta) }

  private mutating func packIDs() throws {
    var heap = HeapPacker(pageSize: pageSize)
    var addresses = ColumnPacker(.id, pageSize: pageSize)
    for id in ids {
      let bytes = Array(id.utf8)
      guard bytes.count <= 255 else { throw SnapshotWriterError.idTooLong(id: id) }
      addresses.append(try heap.append([UInt8(bytes.count)] + bytes).rawValue)
    }
    columns.append((Column.id.table, addresses.blocks))
    heaps.append((Heap.ids.table, heap.blocks))
  }

  private mutating func packLists(_ kind: ListKind, _ lists: ItemLists, _ kept: [Int]) throws {
    var packer = HeapPacker(pageSize: pageSize)
    var addresses = ColumnPacker(kind.column, pageSize: pageSize)
    for index in numbering.indices {
      // The models name what may be shown today or later; what is not shown now is left out here.
      let row = lists.row(index).filter { numbering.numbers[Int(lists.items[$0])] < UInt32(numbering.shown) }
      let entries = row.prefix(kept[index]).map { entry in
        (item: numbering.numbers[Int(lists.items[entry])], weight: lists.scores[entry])
      }
      let address = entries.isEmpty ? HeapAddress.none : try packer.append(ItemList.encode(entries))
      addresses.append(address.rawValue)
    }
    // Where no item has a list, addresses would say nothing in four bytes each.
    columns.append((kind.column.table, packer.blocks.isEmpty ? [] : addresses.blocks))
    heaps.append((kind.heap.table, packer.blocks))
  }

  private mutating func packAttributes(_ models: TrainedModels) throws {
    for (what, count) in [
      ("categories", models.attributes.categories.count), ("brands", models.attributes.brands.count),
      ("tags", models.attributes.tags.count),
    ] where count >= Int(unknownAttribute) {
      throw SnapshotWriterError.tooMany(what: what, count: count, most: Int(unknownAttribute) - 1)
    }
    if let most = models.attributes.tagsOfItem.map(\.count).max(), most > NumberList.countMax {
      throw SnapshotWriterError.tooMany(what: "tags of one item", count: most, most: NumberList.countMax)
    }
    var category = ColumnPacker(.category, pageSize: pageSize)
    var brand = ColumnPacker(.brand, pageSize: pageSize)
    var price = ColumnPacker(.price, pageSize: pageSize)
    var confidence = ColumnPacker(.confidence, pageSize: pageSize)
    for index in numbering.indices {
      category.append(UInt16(clamping: models.attributes.categoryOfItem[index]))
      brand.append(UInt16(clamping: models.attributes.brandOfItem[index]))
      price.append(models.catalogue.items[index].price ?? unknownPrice)
      let share = BaseContents.confidence(sessions: models.sessionsOfItem[index])
      confidence.append(UInt8((255 * share).rounded(.toNearestOrEven)))
    }
    columns += [
      (Column.category.table, category.blocks), (Column.brand.table, brand.blocks), (Column.price.table, price.blocks),
      (Column.confidence.table, confidence.blocks),
    ]
  }

  private mutating func packBehaviour(_ models: TrainedModels) {
    guard models.segments != nil || !rules.isEmpty else { return }
    var column = ColumnPacker(.behaviour, pageSize: pageSize)
    for index in numbering.indices { column.append(models.behaviourOfItem[index].rawValue) }
    columns.append((Column.behaviour.table, column.blocks))
  }

  /// Lists of tags or regions, of which there are fewer than items: each is written once. Where no item has one there is neither column
  /// nor heap.
  private mutating func packNumberLists(_ column: Column, _ heap: Heap, _ lists: [[UInt32]]) throws {
    guard lists.contains(where: { !$0.isEmpty }) else { return }
    var packer = HeapPacker(pageSize: pageSize)
    var addresses = ColumnPacker(column, pageSize: pageSize)
    var known: [[UInt32]: HeapAddress] = [[]: .none]
    for index in numbering.indices {
      let list = index < lists.count ? lists[index] : []
      let address = try known[list] ?? packer.append(NumberList.encode(list.map { UInt16($0) }))
      known[list] = address
      addresses.append(address.rawValue)
    }
    columns.append((column.table, addresses.blocks))
    heaps.append((heap.table, packer.blocks))
  }

  /// A group goes by the smallest number of its items.
  private mutating func packGroups(_ models: TrainedModels) {
    let names = numbering.indices.map { models.catalogue.items[$0].group }
    let items = Dictionary(grouping: names.indices.filter { !names[$0].isEmpty }, by: { names[$0] })
    hasGroups = items.values.contains { $0.count > 1 }
    guard hasGroups else { return }
    var column = ColumnPacker(.group, pageSize: pageSize)
    for name in names {
      let group = items[name].flatMap { $0.count > 1 ? $0.first : nil }
      column.append(group.map { UInt32($0) } ?? noGroup)
    }
    columns.append((Column.group.table, column.blocks))
  }

  private mutating func packFactors(_ models: TrainedModels) {
    var rows = ColumnPacker(.factor, dimensions: dimensions, pageSize: pageSize)
    if let factors = models.factors {
      for index in numbering.indices {
        let values = factors.values[index * dimensions..<(index + 1) * dimensions]
        rows.append(FactorRow.encode(scale: factors.scales[index], values: Array(values)))
      }
    }
    columns.append((Column.factor.table, rows.blocks))
  }
}

extension TrainedModels {
  func lists(_ kind: ListKind) -> ItemLists {
    switch kind {
    case .nextItem: next
    case .boughtTogether: together
    case .slist: slist
    case .content: content
    }
  }
}
