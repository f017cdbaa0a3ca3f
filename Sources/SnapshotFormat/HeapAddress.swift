/// Where an entry of variable length stands in a heap table (`block INTEGER PRIMARY KEY, data BLOB`): the block in
/// the upper 16 bits, the byte inside it in the lower. An entry never crosses a block.
public struct HeapAddress: Equatable, Sendable {
  public let rawValue: UInt32

  /// The item has no entry.
  public static let none = HeapAddress(rawValue: .max)

  public init(rawValue: UInt32) { self.rawValue = rawValue }

  public init(block: Int, offset: Int) {
    precondition(block >= 0 && block < 0xFFFF && offset >= 0 && offset <= 0xFFFF)
    rawValue = UInt32(block) << 16 | UInt32(offset)
  }

  public var block: Int { Int(rawValue >> 16) }
  public var offset: Int { Int(rawValue & 0xFFFF) }
}

/// The heaps of a base file.
public enum Heap: Int, CaseIterable, Sendable {
  case ids, nextLists, togetherLists, slistLists, contentLists, tags, regions

  public var table: StaticString {
    switch self {
    case .ids: "id_heap"
    case .nextLists: "next_heap"
    case .togetherLists: "together_heap"
    case .slistLists: "slist_heap"
    case .contentLists: "content_heap"
    case .tags: "tag_heap"
    case .regions: "region_heap"
    }
  }
}
