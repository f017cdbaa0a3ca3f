/// Sums of one row of an item-by-item matrix: dense, so that adding is one write, with a list of what was touched, so
/// that emptying costs no more than filling did.
struct RowAccumulator {
  private var sums: [Double]
  private var counts: [UInt32]
  private var lastGroups: [UInt32]
  private var touched: [UInt32] = []

  init(itemCount: Int) {
    sums = [Double](repeating: 0, count: itemCount)
    counts = [UInt32](repeating: 0, count: itemCount)
    lastGroups = counts
  }

  /// What belongs to one group (a session) is added in one go, so that groups can be counted.
  @inline(__always)
  mutating func add(_ item: UInt32, _ value: Double, group: Int) {
    let index = Int(item)
    if counts[index] == 0 { touched.append(item) }
    if counts[index] == 0 || lastGroups[index] != UInt32(group) {
      counts[index] += 1
      lastGroups[index] = UInt32(group)
    }
    sums[index] += value
  }

  /// Hands out item, sum and number of groups of each touched item, and empties the row.
  mutating func drain(_ body: (UInt32, Double, UInt32) -> Void) {
    for item in touched {
      body(item, sums[Int(item)], counts[Int(item)])
      sums[Int(item)] = 0
      counts[Int(item)] = 0
    }
    touched.removeAll(keepingCapacity: true)
  }
}

extension ItemLists {
  /// Fits row by row on all cores; `fill` adds the row's sums, `score` turns a target's sum and support into its score,
  /// nil to leave it out.
  static func fit(
    itemCount: Int, length: Int, parallelism: Parallelism,
    fill: (Int, inout RowAccumulator) -> Void, score: (Int, UInt32, Double, UInt32) -> Double?
  ) -> ItemLists {
    let parts = parallelism.mapChunks(
      of: itemCount, size: 64, scratch: { (RowAccumulator(itemCount: itemCount), TopK(limit: length)) }
    ) { scratch, sources in
      var lists = ItemLists()
      for source in sources {
        fill(source, &scratch.0)
        scratch.0.drain { target, sum, count in
          if let score = score(source, target, sum, count) { scratch.1.offer(item: target, score: Float(score)) }
        }
        lists.append(row: scratch.1.drain())
      }
      return lists
    }
    var all = ItemLists()
    for part in parts { all.append(contentsOf: part) }
    return all
  }
}
