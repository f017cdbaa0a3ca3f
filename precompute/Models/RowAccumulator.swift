/// Sums of one row of an item-by-item matrix: dense, so that adding is one write, with a list of what was touched, so
/// that emptying costs no more than filling did.
struct RowAccumulator {
  private struct Sum {
    var value = 0.0
    var groups: UInt32 = 0
    var lastGroup: UInt32 = 0
  }

  private let sums: ScratchCells<Sum>
  private var touched: [UInt32] = []

  init(itemCount: Int) { sums = ScratchCells(Sum(), count: itemCount) }

  /// What belongs to one group (a session) is added in one go, so that groups can be counted.
  @inline(__always)
  mutating func add(_ item: UInt32, _ value: Double, group: Int) {
    let index = Int(item)
    if sums[index].groups == 0 { touched.append(item) }
    if sums[index].groups == 0 || sums[index].lastGroup != UInt32(truncatingIfNeeded: group) {
      sums[index].groups += 1
      sums[index].lastGroup = UInt32(truncatingIfNeeded: group)
    }
    sums[index].value += value
  }

  /// Hands out item, sum and number of groups of each touched item, and empties the row.
  mutating func drain(_ body: (UInt32, Double, UInt32) -> Void) {
    for item in touched {
      body(item, sums[Int(item)].value, sums[Int(item)].groups)
      sums[Int(item)] = Sum()
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
