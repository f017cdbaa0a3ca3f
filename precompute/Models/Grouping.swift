/// The numbers `0..<keys.count` grouped by key in compressed rows, each group in ascending order: a stable counting
/// sort.
struct Grouping: Sendable {
  /// One more than there are groups; group `g` is `members[offsets[g]..<offsets[g + 1]]`.
  let offsets: [UInt32]
  var members: [UInt32]

  /// Every key is below `groupCount`.
  init(_ keys: [UInt32], groupCount: Int) {
    var next = [UInt32](repeating: 0, count: groupCount + 1)
    for key in keys { next[Int(key) + 1] += 1 }
    for group in 0..<groupCount { next[group + 1] += next[group] }
    offsets = next
    members = [UInt32](unsafeUninitializedCapacity: keys.count) { buffer, initialized in
      for (position, key) in keys.enumerated() {
        buffer[Int(next[Int(key)])] = UInt32(position)
        next[Int(key)] += 1
      }
      initialized = keys.count
    }
  }

  var count: Int { offsets.count - 1 }

  func range(_ group: Int) -> Range<Int> { Int(offsets[group])..<Int(offsets[group + 1]) }

  subscript(group: Int) -> ArraySlice<UInt32> { members[range(group)] }
}
