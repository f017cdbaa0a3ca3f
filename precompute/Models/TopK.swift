/// The best `limit` of the offered items: higher score first, then lower item index. A bounded heap with its worst
/// entry at the root; the order is total, so the outcome does not depend on the order of the offers.
public struct TopK {
  public struct Entry: Equatable, Sendable {
    public var item: UInt32
    public var score: Float

    @inlinable
    public init(item: UInt32, score: Float) {
      self.item = item
      self.score = score
    }

    @inlinable
    public func precedes(_ other: Entry) -> Bool {
      score > other.score || (score == other.score && item < other.item)
    }
  }

  public let limit: Int
  private var heap: [Entry] = []

  public init(limit: Int) {
    self.limit = limit
    heap.reserveCapacity(limit)
  }

  public mutating func offer(item: UInt32, score: Float) {
    let entry = Entry(item: item, score: score)
    if heap.count < limit {
      heap.append(entry)
      siftUp(heap.count - 1)
    } else if limit > 0, entry.precedes(heap[0]) {
      heap[0] = entry
      siftDown()
    }
  }

  /// The kept entries, best first; the heap is empty afterwards and can be used again.
  public mutating func drain() -> [Entry] {
    let sorted = heap.sorted { $0.precedes($1) }
    heap.removeAll(keepingCapacity: true)
    return sorted
  }

  /// Hands out the kept entries in no order, which spares sorting them, and empties the heap.
  mutating func removeAll(_ body: ([Entry]) -> Void) {
    body(heap)
    heap.removeAll(keepingCapacity: true)
  }

  private mutating func siftUp(_ start: Int) {
    var child = start
    while child > 0 {
      let parent = (child - 1) / 2
      guard heap[parent].precedes(heap[child]) else { return }
      heap.swapAt(parent, child)
      child = parent
    }
  }

  private mutating func siftDown() {
    var parent = 0
    while true {
      var worst = 2 * parent + 1
      guard worst < heap.count else { return }
      if worst + 1 < heap.count, heap[worst].precedes(heap[worst + 1]) { worst += 1 }
      guard heap[parent].precedes(heap[worst]) else { return }
      heap.swapAt(parent, worst)
      parent = worst
    }
  }
}
