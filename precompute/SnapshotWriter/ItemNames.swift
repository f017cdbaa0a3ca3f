import Bytes
import Recommender
import SnapshotFormat

/// The 32-bit names of the items, see `SlotIndex`: distinct, as `ItemNaming` has chosen their salts.
struct ItemNames {
  /// By item number.
  let names: [UInt32]
  /// Items whose salt is not 0, by item number, ascending.
  let salts: [(item: Int, salt: UInt8)]

  /// - Parameters:
  ///   - ids: by item number.
  ///   - salts: by item number.
  init(ids: [String], salts: [UInt8]) {
    names = zip(ids, salts).map { ItemNaming.name($0, salt: $1) }
    self.salts = salts.indices.filter { salts[$0] > 0 }.map { ($0, salts[$0]) }
  }
}

/// Finds names for one item after the other: the earlier ones keep the plain hash of their id.
struct ItemNaming {
  private var taken: Set<UInt32>
  private var salted = 0

  init(items: Int) { taken = Set(minimumCapacity: items) }

  /// The name of a further item, and the salt that leads to it; nil where each salt's name is another item's, or where a snapshot has no
  /// room for further salts.
  mutating func name(_ id: String) -> (name: UInt32, salt: UInt8)? {
    for salt in 0..<UInt8(SlotIndex.saltCount) {
      let name = ItemNaming.name(id, salt: salt)
      // Zero stands for "no item" in a session's signals.
      if name == 0 || taken.contains(name) { continue }
      if salt > 0 {
        if salted == BaseSnapshot.saltsMax { return nil }
        salted += 1
      }
      taken.insert(name)
      return (name, salt)
    }
    return nil
  }

  static func name(_ id: String, salt: UInt8) -> UInt32 {
    var id = id
    return id.withUTF8 { hash32(ByteView(UnsafeRawBufferPointer($0)), seed: UInt32(salt)) }
  }
}
