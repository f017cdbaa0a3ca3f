import Bytes
import SQLiteReader
import Session
import SnapshotFormat

/// An open base file. Everything per item is read in place, at the addresses resolved here.
public final class BaseSnapshot {
  public let generation: ByteView
  public internal(set) var asOf: UInt32 = 0
  public internal(set) var items: UInt32 = 0
  /// Items 0..<shown may be recommended.
  public internal(set) var shown: UInt32 = 0
  public internal(set) var dimensions = 0
  public internal(set) var sessionWindow: UInt32 = 0
  public internal(set) var sessionPause = Session.pause
  var weights = ScoringWeights()
  var recipes = RecipeTable()
  var rankers = Rankers()
  var slots: UInt32 = 0
  var categories: UInt16 = 0
  var brands: UInt16 = 0
  var tags: UInt16 = 0
  var hasGroups = false
  /// Whether an item is not sold everywhere.
  var isSoldApart = false
  var regions: UInt32 = 0

  var directory: BlockDirectory
  /// By raw value of `Column`.
  var columns = FixedArray<ColumnBlocks>(capacity: Column.allCases.count)
  /// By raw value of `Heap`.
  var heaps = FixedArray<Blocks>(capacity: Heap.allCases.count)
  /// By category; `unknownAttribute` at the top. A parent has a smaller number than its children.
  var categoryParents = FixedArray<UInt16>(capacity: 0)
  /// By category: an answer names one for each item.
  var categoryNames = FixedArray<ByteView>(capacity: 0)

  /// Items whose name is not the plain hash of their id.
  var salts = FixedArray<Salt>(capacity: 0)
  var saltMax: UInt32 = 0
  /// As many names meet among eight million items: n² / 2³³.
  public static let saltsMax = 8192

  /// A path has a handful of levels; only a hostile snapshot has endless ones.
  static let levelsMax = 32

  struct Salt: BitwiseCopyable {
    let item: UInt32
    let salt: UInt32
  }

  /// Nil where the snapshot does not tell visitors apart.
  public internal(set) var segments: SegmentTable?
  /// Nil where the shop has no rules.
  public internal(set) var rules: RuleTable?
  /// Which of the rules' segments, by bit, have a list of their own: few have, and none is looked for in vain at each answer.
  var ruleLists: UInt64 = 0

  /// Nil where nothing can be searched.
  var terms: TermIndex?

  /// Steps that are left of the request's.
  var effort = UInt64.max

  private let tables: Tables

  /// What is looked up by b-tree.
  struct Tables {
    let categories: Table
    let brands: Table
    /// Where the catalogue has any.
    let tags: Table?
    let regions: Table
    let topLists: Table
    /// Where the shop wants to know its visitors again.
    let users: Table?

    init(_ file: SnapshotFile) throws(SnapshotError) {
      categories = try file.table(Schema.category)
      brands = try file.table(Schema.brand)
      tags = try file.meta.number(MetaKey.tags) > 0 ? try file.table(Schema.tag) : nil
      regions = try file.table(Schema.region)
      topLists = try file.table(Schema.topList)
      users = try file.meta.number(MetaKey.users, orElse: 0) == 1 ? try file.table(Schema.user) : nil
    }
  }

  /// Nothing in here fails: an initialiser that throws half-way is much code.
  init(_ file: SnapshotFile, _ tables: Tables) {
    generation = file.generation
    directory = BlockDirectory(of: file)
    self.tables = tables
  }

  /// The learned ranker for the page; nil where fixed weights have to do.
  func ranker(_ context: Context, showsItem: Bool) -> Ranker? {
    context.rankerKind(showsItem: showsItem).flatMap { rankers[$0] }
  }

  /// What the shop wants in `context`, beside adjustments.
  public func recipe(_ context: Context) -> Recipe { recipes[context] }

  func column(_ column: Column) -> ColumnBlocks { columns[column.rawValue] }

  @inline(never)
  private func entry(_ heap: Heap, _ column: Column, of item: UInt32) -> ByteView? {
    heaps[heap.rawValue].entry(HeapAddress(rawValue: self.column(column).u32(item)))
  }

  // MARK: Items and their names

  /// The external id of `item`; empty where the snapshot is damaged.
  public func id(_ item: UInt32) -> ByteView {
    guard let entry = entry(.ids, .id, of: item), !entry.isEmpty else { return .empty }
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
    let slot = column(.slot)
    var position = SlotIndex.start(name: name, slotCount: slots)
    // Only a damaged snapshot has longer runs of full slots.
    for _ in 0..<min(slots, SlotIndex.probesMax) {
      let value = slot.u32(position)
      guard value > 0, value <= items else { return nil }
      let id = id(value &- 1)
      guard affords(8 &+ id.count / 4) else { return nil }
      if hash32(id, seed: salt(value &- 1)) == name { return value &- 1 }
      position = position &+ 1 == slots ? 0 : position &+ 1
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
    var (low, high) = (0, salts.count)
    while low < high {
      let middle = (low &+ high) / 2
      if salts[middle].item == item { return salts[middle].salt }
      if salts[middle].item < item { low = middle &+ 1 } else { high = middle }
    }
    return 0
  }

  // MARK: Lists

  /// The item list of `item`, to the end of its block; nil where there is none.
  func list(_ kind: ListKind, of item: UInt32) -> ByteView? {
    guard !column(kind.column).isEmpty, affords(1) else { return nil }
    return entry(kind.heap, kind.column, of: item)
  }

  /// The ranked list of a `TopList` row; empty where there is none.
  func topList(_ row: Int64) -> ByteView { tables.topLists.list(row) }

  // MARK: Search and people

  /// Whether items are found by `term`.
  public func isTerm(_ term: ByteView) -> Bool {
    guard let terms, let row = terms.row(of: term) else { return false }
    return terms.postings(row) != nil
  }

  public var knowsUsers: Bool { tables.users != nil }

  /// The `UserHistory` of a row of table `user`; empty where there is none.
  public func history(of user: Int64?) -> ByteView {
    guard let user, let users = tables.users else { return .empty }
    return users.list(user)
  }

  // MARK: Attributes and regions

  /// In minor units of the shop's currency; nil where not known.
  @inline(never)
  public func price(of item: UInt32) -> UInt32? {
    let price = column(.price).u32(item)
    return price == unknownPrice ? nil : price
  }

  @inline(never)
  public func category(of item: UInt32) -> UInt16? {
    let category = column(.category).u16(item)
    return category < categories ? category : nil
  }

  /// Whether `item` is in `category` or in one below it.
  @inline(never)
  func isItem(_ item: UInt32, in category: UInt16) -> Bool { isItem(item, in: category, column(.category)) }

  /// Notes which candidates are in `category` or in one below it.
  @inline(never)
  @_optimize(speed)
  func markItems(of set: CandidateSet, in category: UInt16) {
    let column = column(.category)
    for place in set.indices { set[place].isInCategory = isItem(set[place].item, in: category, column) }
  }

  @inline(__always)
  private func isItem(_ item: UInt32, in category: UInt16, _ column: ColumnBlocks) -> Bool {
    var own = column.u16(item)
    var levels = BaseSnapshot.levelsMax
    // Parents have smaller numbers.
    while own > category, own < categories, levels > 0 {
      own = categoryParents[Int(own)]
      levels &-= 1
    }
    return own == category
  }

  /// The category above.
  func parent(of category: UInt16) -> UInt16? {
    let parent = categoryParents[Int(category)]
    return parent < category ? parent : nil
  }

  public func categoryName(_ category: UInt16) -> ByteView {
    category < categories ? categoryNames[Int(category)] : .empty
  }

  public func category(named name: ByteView) -> UInt16? {
    tables.categories.row(of: name, column: 2, count: UInt32(categories)).map { UInt16(truncatingIfNeeded: $0) }
  }

  @inline(never)
  public func brand(of item: UInt32) -> UInt16? {
    let brand = column(.brand).u16(item)
    return brand < brands ? brand : nil
  }

  public func brandName(_ brand: UInt16) -> ByteView { tables.brands.text(Int64(brand), column: 1) }

  public func brand(named name: ByteView) -> UInt16? {
    tables.brands.row(of: name, column: 1, count: UInt32(brands)).map { UInt16(truncatingIfNeeded: $0) }
  }

  public func tagName(_ tag: UInt16) -> ByteView { tables.tags?.text(Int64(tag), column: 1) ?? .empty }

  public func tag(named name: ByteView) -> UInt16? {
    tables.tags?.row(of: name, column: 1, count: UInt32(tags)).map { UInt16(truncatingIfNeeded: $0) }
  }

  /// The item's tags, a `NumberList`; empty where it has none.
  public func tags(of item: UInt32) -> ByteView {
    guard tags > 0, let list = entry(.tags, .tags, of: item), affords(1 &+ NumberList.count(list)) else {
      return .empty
    }
    return list
  }

  /// The group of variants that `item` belongs to, a number that all of them share; nil where it stands alone.
  @inline(never)
  public func group(of item: UInt32) -> UInt32? {
    guard hasGroups else { return nil }
    let group = column(.group).u32(item)
    return group == noGroup ? nil : group
  }

  /// Whether `key` names `item`, alone or among others.
  @inline(never)
  public func isItem(_ item: UInt32, _ key: AttributeKey) -> Bool {
    let value = UInt16(truncatingIfNeeded: key.value)
    switch key.kind {
    case .any: return true
    case .category: return isItem(item, in: value)
    case .brand: return brand(of: item) == value
    case .tag: return NumberList.contains(value, in: tags(of: item))
    case .priceLevel:
      let behaviour = column(.behaviour)
      return !behaviour.isEmpty && ItemBehaviour(rawValue: behaviour.u8(item)).priceLevel == Int(value)
    case .item: return item == key.value
    case nil: return false
    }
  }

  /// Bytes of a region's code: any longer one is unknown, in requests and in files. Each answer looks for it more than once.
  static let regionCodeMax = 255

  /// The row of region `code`; nil for an unknown one.
  func region(named code: ByteView) -> UInt16? {
    guard code.count <= BaseSnapshot.regionCodeMax else { return nil }
    return tables.regions.row(of: code, column: 1, count: regions).map { UInt16(truncatingIfNeeded: $0) }
  }

  /// Whether `item` is sold in `region`; nil stands for a region that the shop does not know.
  func isSold(_ item: UInt32, in region: UInt16?) -> Bool {
    guard isSoldApart, let list = entry(.regions, .regions, of: item) else { return true }
    return region.map { affords(NumberList.count(list)) && NumberList.contains($0, in: list) } ?? false
  }

  /// The region whose file serves visitors of region `code`; nil for an unknown code.
  func regionServing(_ code: ByteView) -> ByteView? {
    region(named: code).map { tables.regions.text(Int64($0), column: 2) }
  }
}
