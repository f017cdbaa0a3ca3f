import Bytes

/// The most telling recent items of one person, newest first, a BLOB of table `user`: words of 4 bytes, little-endian, item number ·
/// 256 + raw value of the strongest event's type.
public enum UserHistory {
  public static let countMax = 16
  static let width = 4

  public static func encode(_ entries: [(item: UInt32, type: UInt8)]) -> [UInt8] {
    precondition(entries.count <= countMax && entries.allSatisfy { $0.item < 1 << 24 })
    return entries.flatMap { entry in
      [entry.type] + [0, 8, 16].map { UInt8(truncatingIfNeeded: entry.item >> UInt32($0)) }
    }
  }

  public static func count(_ bytes: ByteView) -> Int { min(bytes.count / width, countMax) }

  public static func entry(_ bytes: ByteView, _ index: Int) -> (item: UInt32, type: UInt8) {
    let word = bytes.u32le(index &* width)
    return (word >> 8, UInt8(truncatingIfNeeded: word))
  }
}
