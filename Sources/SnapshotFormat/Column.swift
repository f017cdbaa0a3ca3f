/// A fixed-width value for each item, in item-number order, packed into blocks: one row, one BLOB, one leaf page.
/// An item's value stands in block `item / itemsPerBlock`, at `item % itemsPerBlock * width`. Little-endian.
public enum Column: Int, CaseIterable, Sendable {
  case id, category, brand, price, confidence, popularity, next, together, slist, content, factor, slot, behaviour,
    tags, group, regions

  /// The table that holds the blocks; its columns are `block INTEGER PRIMARY KEY, data BLOB`.
  public var table: StaticString {
    switch self {
    case .id: "item_id"
    case .category: "item_category"
    case .brand: "item_brand"
    case .price: "item_price"
    case .confidence: "item_confidence"
    case .popularity: "item_popularity"
    case .next: "item_next"
    case .together: "item_together"
    case .slist: "item_slist"
    case .content: "item_content"
    case .factor: "item_factor"
    case .slot: "item_slot"
    case .behaviour: "item_behaviour"
    case .tags: "item_tags"
    case .group: "item_group"
    case .regions: "item_regions"
    }
  }

  /// Whether the column holds the addresses of lists, which a snapshot may do without.
  public var isOptional: Bool { ListKind.allCases.contains { $0.column == self } }

  /// Bytes of one value; `dimensions` matters to factor rows alone.
  public func width(dimensions: Int) -> Int {
    switch self {
    case .confidence, .behaviour: 1
    case .category, .brand, .popularity: 2
    case .id, .price, .next, .together, .slist, .content, .slot, .tags, .group, .regions: 4
    case .factor: FactorRow.width(dimensions: dimensions)
    }
  }
}

/// Sizes that follow from the page size of the file.
public enum BlockSize {
  /// The largest BLOB that SQLite keeps inside one leaf page beside its rowid: a cell holds at most the page less
  /// 35 bytes, and the record of (NULL, BLOB) takes up to 5 of them for its header.
  public static func bytes(pageSize: Int) -> Int { pageSize - 40 }

  public static func itemsPerBlock(pageSize: Int, width: Int) -> Int { bytes(pageSize: pageSize) / width }
}

/// In the `group` column: the item stands alone.
public let noGroup = UInt32.max
/// In the `category` and `brand` columns: not known. In the `price` column `UInt32.max` means the same.
public let unknownAttribute = UInt16.max
public let unknownPrice = UInt32.max
