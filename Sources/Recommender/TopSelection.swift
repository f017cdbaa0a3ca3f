import Bytes

/// The best `limit` of the candidates, through a bounded heap whose root is the worst of those kept. Order: score,
/// then item number; a tie without a rule would let engines differ.
struct TopSelection: ~Copyable {
  private var heap = FixedArray<UInt16>(capacity: Query.limitMax)

  /// The places of the chosen candidates, best first, once `select` has run.
  var count: Int { heap.count }
  func place(_ rank: Int) -> Int { Int(heap[rank]) }

  mutating func select(_ limit: Int, from set: borrowing CandidateSet) {
    heap.removeAll()
    for place in 0..<set.count {
      let candidate = UInt16(place)
      if heap.count < limit {
        heap.append(candidate)
        siftUp(heap.count - 1, set)
      } else if limit > 0, TopSelection.isBetter(candidate, heap[0], set) {
        heap[0] = candidate
        siftDown(0, heap.count, set)
      }
    }
    var end = heap.count
    while end > 1 {
      end -= 1
      swap(0, end)
      siftDown(0, end, set)
    }
  }

  private static func isBetter(_ a: UInt16, _ b: UInt16, _ set: borrowing CandidateSet) -> Bool {
    let (a, b) = (set[Int(a)], set[Int(b)])
    return a.score != b.score ? a.score > b.score : a.item < b.item
  }

  private mutating func swap(_ a: Int, _ b: Int) {
    let kept = heap[a]
    heap[a] = heap[b]
    heap[b] = kept
  }

  private mutating func siftUp(_ start: Int, _ set: borrowing CandidateSet) {
    var child = start
    while child > 0 {
      let parent = (child - 1) / 2
      guard TopSelection.isBetter(heap[parent], heap[child], set) else { return }
      swap(parent, child)
      child = parent
    }
  }

  private mutating func siftDown(_ start: Int, _ end: Int, _ set: borrowing CandidateSet) {
    var parent = start
    while true {
      var worst = parent
      for child in 2 * parent + 1..<2 * parent + 3 where child < end {
        if TopSelection.isBetter(heap[worst], heap[child], set) { worst = child }
      }
      guard worst != parent else { return }
      swap(parent, worst)
      parent = worst
    }
  }
}
