import Models

/// The snapshot's item numbers: what may be shown first, by traffic, then what is known only as context, by traffic.
/// Popular items get small numbers, which lists store in fewer bytes, and stand beside each other in memory.
struct ItemNumbering {
  /// By item number: the item's index in the models.
  let indices: [Int]
  /// By index in the models: the item's number.
  let numbers: [UInt32]
  /// Items 0..<shown may be recommended.
  let shown: Int

  init(_ models: TrainedModels) {
    let traffic = models.popularity.itemPopularity
    // Order by id where traffic is equal: first appearance would make the numbers depend on the order of the input.
    let ids = models.itemIDs
    indices = ids.indices.sorted { a, b in
      if models.isShown[a] != models.isShown[b] { return models.isShown[a] }
      if traffic[a] != traffic[b] { return traffic[a] > traffic[b] }
      return ids[a].utf8.lexicographicallyPrecedes(ids[b].utf8)
    }
    var numbers = [UInt32](repeating: 0, count: indices.count)
    for (number, index) in indices.enumerated() { numbers[index] = UInt32(number) }
    self.numbers = numbers
    shown = models.isShown.count { $0 }
  }
}
