import Bytes
import SQLiteReader
import SnapshotFormat

/// An open base file. Everything per item is read in place, at the addresses resolved here.
public final class BaseSnapshot {
  public let generation: ByteView
  public let asOf: UInt32
  public let items: UInt32
  /// Items 0..<shown may be recommended.
  public let shown: UInt32
  public let dimensions: Int
  public let sessionWindow: UInt32
  let weights: ScoringWeights

  let category: ColumnBlocks
  let brand: ColumnBlocks
  private let priceColumn: ColumnBlocks
  let confidence: ColumnBlocks
  let popularity: ColumnBlocks
  let factor: ColumnBlocks?
  /// By category; `unknownAttribute` at the top. A parent has a smaller number than its children.
  private let categoryParents: [UInt16]

  private let idAddress: ColumnBlocks
  private let nextAddress: ColumnBlocks
  private let togetherAddress: ColumnBlocks
  private let slot: ColumnBlocks
  private let slots: UInt32
  private let ids: HeapBlocks
  private let nextLists: HeapBlocks
  private let togetherLists: HeapBlocks
  /// Items whose name is not the plain hash of their id, by item number.
  private let salts: [(item: UInt32, salt: UInt32)]
  private let saltMax: UInt32

  private let file: SnapshotFile
  private let categoryNames: Table
  private let categoryIndex: Index
  private let regions: Index
  private let topLists: Table

  init(_ file: SnapshotFile) throws(SnapshotError) {
    self.file = file
    let meta = file.meta
    generation = file.generation
    asOf = try meta.number(MetaKey.asOf, maximum: .max)
    items = try meta.number(MetaKey.items, maximum: 1 << 24)
    shown = try meta.number(MetaKey.shown, maximum: items)
    slots = try meta.number(MetaKey.slots, maximum: 1 << 26)
    dimensions = Int(try meta.number(MetaKey.dimensions, maximum: UInt32(FactorRow.dimensionsMax)))
    guard dimensions % FactorRow.dimensionsMultiple == 0 else {
      throw SnapshotError(.badValue, table: MetaKey.dimensions)
    }
    sessionWindow = try meta.number(MetaKey.sessionWindow)
    weights = try ScoringWeights(file)

    let count = items
    func column(_ column: Column) throws(SnapshotError) -> ColumnBlocks {
      try ColumnBlocks(column, of: file, count: count, dimensions: 0)
    }
    category = try column(.category)
    brand = try column(.brand)
    priceColumn = try column(.price)
    confidence = try column(.confidence)
    popularity = try column(.popularity)
    idAddress = try column(.id)
    nextAddress = try column(.next)
    togetherAddress = try column(.together)
    factor = dimensions > 0 ? try ColumnBlocks(.factor, of: file, count: items, dimensions: dimensions) : nil
    slot = try ColumnBlocks(.slot, of: file, count: slots, dimensions: 0)
    ids = try HeapBlocks(.ids, of: file)
    nextLists = try HeapBlocks(.nextLists, of: file)
    togetherLists = try HeapBlocks(.togetherLists, of: file)

    var salts: [(item: UInt32, salt: UInt32)] = []
    var saltMax: UInt32 = 0
    try file.forEachRow(of: Schema.itemSalt) { (row) throws(SQLiteError) in
      guard case .integer(let salt)? = try row.record().value(at: 1), salt > 0, salt < Int64(SlotIndex.saltCount),
        row.rowid >= 0, row.rowid < Int64(count)
      else { return }
      salts.append((UInt32(row.rowid), UInt32(salt)))
      saltMax = max(saltMax, UInt32(salt))
    }
    self.salts = salts
    self.saltMax = saltMax

    var parents: [UInt16] = []
    try file.forEachRow(of: Schema.category) { (row) throws(SQLiteError) in
      guard row.rowid == Int64(parents.count), parents.count < Int(unknownAttribute) else { return }
      var parent = unknownAttribute
      if case .integer(let id)? = try row.record().value(at: 1), id >= 0, id < row.rowid { parent = UInt16(id) }
      parents.append(parent)
    }
    categoryParents = parents
    categoryNames = try file.table(Schema.category)
    categoryIndex = try file.index(Schema.categoryByName)
    regions = try file.keyed(Schema.region)
    topLists = try file.table(Schema.topList)
  }

  // MARK: Items and their names

  /// The external id of `item`; empty where the snapshot is damaged.
  public func id(_ item: UInt32) -> ByteView {
    guard let entry = ids.entry(HeapAddress(rawValue: idAddress.u32(item))), !entry.isEmpty else { return .empty }
    return entry.slice(1, Int(entry[0])) ?? .empty
  }

  /// The 32-bit name by which tokens know `item`.
  func name(_ item: UInt32) -> UInt32 { hash32(id(item), seed: salt(item)) }

  /// The name for an id that need not be in this snapshot.
  public func name(ofID id: ByteView) -> UInt32 {
    if let item = item(id: id) { return name(item) }
    return hash32(id)
  }

  public func item(name: UInt32) -> UInt32? {
    guard slots > 0 else { return nil }
    var position = SlotIndex.start(name: name, slotCount: slots)
    // A slot count that holds no empty slot is a damaged snapshot; the bound keeps the search from going round.
    for _ in 0..<slots {
      let value = slot.u32(position)
      guard value > 0, value <= items else { return nil }
      if self.name(value - 1) == name { return value - 1 }
      position = position + 1 == slots ? 0 : position + 1
    }
    return nil
  }

  public func item(id: ByteView) -> UInt32? {
    for salt in 0...saltMax {
      let name = hash32(id, seed: salt)
      // No item is named 0. If another id has this name, the next salt may be this one's.
      if name == 0 { continue }
      guard let found = item(name: name) else { return nil }
      if self.id(found).equals(id) { return found }
    }
    return nil
  }

  private func salt(_ item: UInt32) -> UInt32 {
    guard saltMax > 0 else { return 0 }
    for entry in salts where entry.item == item { return entry.salt }
    return 0
  }

  // MARK: Lists

  /// The item list of `item`, to the end of its block; nil where there is none.
  func list(_ kind: ListKind, of item: UInt32) -> ByteView? {
    switch kind {
    case .nextItem: nextLists.entry(HeapAddress(rawValue: nextAddress.u32(item)))
    case .boughtTogether: togetherLists.entry(HeapAddress(rawValue: togetherAddress.u32(item)))
    }
  }

  /// The ranked list of a `TopList` row; empty where there is none.
  func topList(_ row: Int64) -> ByteView { topLists.list(row) }

  // MARK: Attributes and regions

  /// In minor units of the shop's currency; nil where not known.
  public func price(of item: UInt32) -> UInt32? {
    let price = priceColumn.u32(item)
    return price == unknownPrice ? nil : price
  }

  public func category(of item: UInt32) -> UInt16? {
    let category = category.u16(item)
    return Int(category) < categoryParents.count ? category : nil
  }

  /// Whether `item` is in `category` or in one below it.
  func isItem(_ item: UInt32, in category: UInt16) -> Bool {
    var own = self.category.u16(item)
    while own > category, Int(own) < categoryParents.count { own = categoryParents[Int(own)] }
    return own == category
  }

  public func categoryName(_ category: UInt16) -> ByteView { categoryNames.text(Int64(category), column: 2) }

  public func category(named name: ByteView) -> UInt16? {
    do {
      guard case .integer(let id)? = try categoryIndex.value(under: name, column: 1), id >= 0, id < Int64(categoryParents.count)
      else { return nil }
      return UInt16(id)
    } catch { return nil }
  }

  /// The region whose file serves visitors of region `code`; nil for the world or an unknown code.
  func regionServing(_ code: ByteView) -> ByteView? {
    do {
      guard case .text(let region)? = try regions.value(under: code, column: 1) else { return nil }
      return region
    } catch { return nil }
  }
}
