import Bytes

/// Which ids have been met, as 64-bit hashes: 11 to 22 bytes an id, however long it is. Of ten million ids, two have one hash with a
/// probability of 1 in 370,000; which two does not depend on the process.
struct SeenIDs {
  /// Open addressing with linear probing; zero is a free slot.
  private var table = [UInt64](repeating: 0, count: 1024)
  private var count = 0
  private let secret = HashSecret.ofProcess

  /// Whether the id is new; it is known from now on.
  mutating func insert(_ id: ByteView) -> Bool {
    if (count + 1) * 4 > table.count * 3 { grow() }
    let hash = max(hash64(id, secret: 0), 1)
    let slot = slot(of: hash)
    if table[slot] == hash { return false }
    table[slot] = hash
    count += 1
    return true
  }

  private func slot(of hash: UInt64) -> Int {
    let mask = table.count - 1
    var slot = Int(truncatingIfNeeded: mix(hash ^ secret, secret)) & mask
    while table[slot] != 0, table[slot] != hash { slot = (slot + 1) & mask }
    return slot
  }

  private mutating func grow() {
    let old = table
    table = [UInt64](repeating: 0, count: old.count * 2)
    for hash in old where hash != 0 { table[slot(of: hash)] = hash }
  }
}
