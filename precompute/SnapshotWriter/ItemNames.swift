import Bytes
import SnapshotFormat

/// The 32-bit names of the items, unique by construction: see `SlotIndex`.
struct ItemNames {
  /// By item number.
  let names: [UInt32]
  /// Items whose salt is not 0, by item number, ascending.
  let salts: [(item: Int, salt: UInt32)]

  /// - Parameter ids: by item number, distinct; earlier items keep the plain hash.
  init(ids: [String]) throws {
    var taken = Set<UInt32>(minimumCapacity: ids.count)
    var names: [UInt32] = []
    var salts: [(item: Int, salt: UInt32)] = []
    names.reserveCapacity(ids.count)
    for (item, id) in ids.enumerated() {
      var salt: UInt32 = 0
      // Zero stands for "no item" in a session's signals.
      while salt < SlotIndex.saltCount, case let name = ItemNames.hash(id, salt), name == 0 || taken.contains(name) {
        salt += 1
      }
      guard salt < SlotIndex.saltCount else { throw SnapshotWriterError.noName(id: id) }
      let name = ItemNames.hash(id, salt)
      taken.insert(name)
      names.append(name)
      if salt > 0 { salts.append((item, salt)) }
    }
    self.names = names
    self.salts = salts
  }

  private static func hash(_ id: String, _ salt: UInt32) -> UInt32 {
    var id = id
    return id.withUTF8 { hash32(ByteView(UnsafeRawBufferPointer($0)), seed: salt) }
  }
}
