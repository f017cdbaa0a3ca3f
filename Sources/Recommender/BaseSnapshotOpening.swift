import Bytes
import SQLiteReader
import Session
import SnapshotFormat

/// Opening: what is fixed is read and checked once, and the rest is given an address.
extension BaseSnapshot {
  static func open(_ file: SnapshotFile) throws(SnapshotError) -> BaseSnapshot {
    let base = BaseSnapshot(file, try Tables(file))
    try base.readMeta(file.meta)
    base.segments = try SegmentTable.open(file)
    base.terms = try TermIndex.open(file)
    base.rules = try RuleTable.open(file)
    if base.rules != nil { base.findRuleLists() }
    try base.weights.read(file)
    try base.recipes.read(file)
    try base.rankers.read(file)
    try base.readBlocks(file)
    try base.readSalts(file)
    try base.readCategories(file)
    return base
  }

  private func findRuleLists() {
    for segment in Indices(RuleTable.segmentsMax) where !topList(TopList.row(ruleSegment: segment)).isEmpty {
      ruleLists |= 1 &<< UInt64(segment)
    }
  }

  private func readMeta(_ meta: Meta) throws(SnapshotError) {
    asOf = try meta.number(MetaKey.asOf, maximum: .max)
    items = try meta.number(MetaKey.items, maximum: 1 << 24)
    shown = try meta.number(MetaKey.shown, maximum: items)
    slots = try meta.number(MetaKey.slots, maximum: 1 << 26)
    categories = UInt16(truncatingIfNeeded: try meta.number(MetaKey.categories, maximum: UInt32(unknownAttribute)))
    brands = UInt16(truncatingIfNeeded: try meta.number(MetaKey.brands, maximum: UInt32(unknownAttribute)))
    tags = UInt16(truncatingIfNeeded: try meta.number(MetaKey.tags, maximum: UInt32(unknownAttribute)))
    hasGroups = try meta.number(MetaKey.groups, maximum: 1) == 1
    isSoldApart = try meta.number(MetaKey.soldApart, maximum: 1) == 1
    regions = try meta.number(MetaKey.regions, maximum: UInt32(UInt16.max))
    dimensions = Int(try meta.number(MetaKey.dimensions, maximum: UInt32(FactorRow.dimensionsMax)))
    guard dimensions % FactorRow.dimensionsMultiple == 0 else {
      throw SnapshotError(.badValue, table: MetaKey.dimensions)
    }
    sessionWindow = try meta.number(MetaKey.sessionWindow)
    sessionPause = try meta.number(MetaKey.sessionPause, orElse: Session.pause)
  }

  private func readBlocks(_ file: SnapshotFile) throws(SnapshotError) {
    for column in Column.allCases {
      var blocks = Blocks.none
      let hasTable = hasTable(column)
      if hasTable { blocks = try directory.add(column.table, of: file) }
      let isAbsent = !hasTable || column.isOptional && blocks.count == 0
      let count = column == .slot ? slots : isAbsent ? 0 : items
      guard
        let column = ColumnBlocks(
          blocks, count: count, width: column.width(dimensions: dimensions), pageSize: file.pageSize)
      else { throw SnapshotError(.wrongBlockSize, table: column.table) }
      columns.append(column)
    }
    for heap in Heap.allCases {
      let hasTable = heap == .tags ? tags > 0 : heap != .regions || isSoldApart
      heaps.append(hasTable ? try directory.add(heap.table, of: file) : .none)
    }
  }

  /// Columns of what no item has are not there.
  @inline(never)
  private func hasTable(_ column: Column) -> Bool {
    switch column {
    case .factor: dimensions > 0
    case .behaviour: segments != nil || rules != nil
    case .tags: tags > 0
    case .group: hasGroups
    case .regions: isSoldApart
    default: true
    }
  }

  private func readSalts(_ file: SnapshotFile) throws(SnapshotError) {
    var rows = try file.rows(of: Schema.itemSalt, atMost: BaseSnapshot.saltsMax)
    while try rows.next() {
      guard case .integer(let salt)? = try rows.value(1), salt > 0, salt < Int64(SlotIndex.saltCount),
        rows.id >= 0, rows.id < Int64(items)
      else { continue }
      // Few shops have any.
      if salts.capacity == 0 { salts = FixedArray(capacity: BaseSnapshot.saltsMax) }
      salts.append(Salt(item: UInt32(truncatingIfNeeded: rows.id), salt: UInt32(truncatingIfNeeded: salt)))
      saltMax = max(saltMax, UInt32(truncatingIfNeeded: salt))
    }
  }

  private func readCategories(_ file: SnapshotFile) throws(SnapshotError) {
    categoryParents = FixedArray(capacity: Int(categories))
    categoryNames = FixedArray(capacity: Int(categories))
    var rows = try file.rows(of: Schema.category, atMost: .max)
    while !categoryParents.isFull, try rows.next() {
      guard rows.id == Int64(categoryParents.count) else { throw SnapshotError(.badValue, table: Schema.category) }
      var parent = unknownAttribute
      if case .integer(let id)? = try rows.value(1), id >= 0, id < rows.id { parent = UInt16(truncatingIfNeeded: id) }
      categoryParents.append(parent)
      if case .text(let name)? = try rows.value(2) { categoryNames.append(name) } else { categoryNames.append(.empty) }
    }
    guard categoryParents.isFull else { throw SnapshotError(.badValue, table: Schema.category) }
  }
}
