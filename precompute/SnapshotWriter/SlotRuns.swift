import SnapshotFormat

/// The runs of full slots that names make in a `SlotIndex`. Which slots are full does not depend on the order of the names, so where no run is
/// longer than a look-up probes, each name is found.
struct SlotRuns {
  /// By slot: 0 where it is free; at the two ends of a run, its length.
  private var runs: [UInt32]
  private let longest: UInt32

  /// - Parameters:
  ///   - items: for which the index is made.
  ///   - longest: no run gets longer.
  init(items: Int, longest: UInt32) {
    runs = [UInt32](repeating: 0, count: SlotIndex.slotCount(items: items))
    self.longest = longest
  }

  /// Whether there is room for `name`, which has its slot then.
  mutating func insert(_ name: UInt32) -> Bool {
    let count = runs.count
    var slot = Int(SlotIndex.start(name: name, slotCount: UInt32(count)))
    while runs[slot] != 0 { slot = slot + 1 == count ? 0 : slot + 1 }
    let before = Int(runs[slot == 0 ? count - 1 : slot - 1])
    let after = Int(runs[slot + 1 == count ? 0 : slot + 1])
    let run = UInt32(before + 1 + after)
    if run > longest { return false }
    runs[slot] = run
    runs[(slot + count - before) % count] = run
    runs[(slot + after) % count] = run
    return true
  }

  /// Which of `names` an index has room for; the earlier ones come first. All, wherever look-ups find all.
  static func fitting(_ names: [UInt32]) -> [Bool] {
    var fits = [Bool](repeating: true, count: names.count)
    var count = names.count
    while !fit(names, fits, count) {
      // A smaller index has other runs: half of what would do leaves room for that.
      var runs = SlotRuns(items: count, longest: SlotIndex.probesMax / 2)
      for place in names.indices where fits[place] { fits[place] = runs.insert(names[place]) }
      count = fits.count { $0 }
    }
    return fits
  }

  private static func fit(_ names: [UInt32], _ isMeant: [Bool], _ count: Int) -> Bool {
    var runs = SlotRuns(items: count, longest: SlotIndex.probesMax)
    return names.indices.allSatisfy { !isMeant[$0] || runs.insert(names[$0]) }
  }
}
