/// The kinds of item-to-item lists. Each is a heap of `ItemList`s and a column of their addresses; a kind without any list has
/// neither. The scorer takes them in this order: where a long session's lists name more items than it has room for, the weaker
/// kinds lose.
public enum ListKind: Int, CaseIterable, Sendable {
  /// The rows of a linear item-to-item model: local SLIST.
  case slist
  /// What followed in other sessions: sequential rules.
  case nextItem
  /// What was bought in the same basket.
  case boughtTogether
  /// What is alike by its attributes.
  case content

  public var column: Column {
    switch self {
    case .nextItem: .next
    case .boughtTogether: .together
    case .slist: .slist
    case .content: .content
    }
  }

  public var heap: Heap {
    switch self {
    case .nextItem: .nextLists
    case .boughtTogether: .togetherLists
    case .slist: .slistLists
    case .content: .contentLists
    }
  }
}
