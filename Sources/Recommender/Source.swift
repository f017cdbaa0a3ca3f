/// What speaks for an item. Raw values are part of the snapshot (table `blend`).
public enum Source: UInt8, CaseIterable, BitwiseCopyable, Sendable {
  /// Items that followed in other sessions: sequential rules.
  case nextItem = 0
  /// Items bought in the same basket.
  case boughtTogether = 1
  /// Nearness of the session's folded-in factors to the item's.
  case factors = 2
  /// What is popular, by the fallback ladder: category in region, region, parent, everywhere.
  case popularity = 3
  /// The item's category, brand and price are those that the page or the session is about.
  case category = 4
  /// A linear item-to-item model: local SLIST.
  case slist = 5
  /// Items that followed what followed: two steps of sequential rules.
  case twoSteps = 6
  /// Items that the visitor has looked at before.
  case repeats = 7
  /// Items alike by their attributes: the bridge for new and rare items.
  case content = 8
  /// What the visitor's region likes more than others do.
  case region = 9
  /// Items that match the words of a search.
  case search = 10

  public static let count = 11

  public var name: StaticString {
    switch self {
    case .nextItem: "next_item"
    case .boughtTogether: "bought_together"
    case .factors: "factors"
    case .popularity: "popularity"
    case .category: "category"
    case .slist: "slist"
    case .twoSteps: "two_steps"
    case .repeats: "repeats"
    case .content: "content"
    case .region: "region"
    case .search: "search"
    }
  }
}

/// The rows of table `blend`.
public enum BlendRow {
  public static func id(_ context: Context, _ source: Source) -> Int64 {
    Int64(context.rawValue) << 4 | Int64(source.rawValue)
  }
}
