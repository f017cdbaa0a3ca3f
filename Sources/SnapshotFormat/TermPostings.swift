import Bytes

/// The items that a term stands for, a BLOB of table `term`:
///
///     weight     u16, little-endian: the term's inverse document frequency in units of 1/256 nat, 2 at least
///     to the end of the BLOB, LEB128: item number less the one before, less one for all but the first
///
/// Item numbers go up, which is from most traffic to least.
public enum TermPostings {
  /// Items of one term; the builder leaves out those of least traffic.
  public static let countMax = 8192

  /// Encodes `items`, ascending, as far as `bytesMax` goes.
  public static func encode(_ items: [UInt32], weight: UInt16, bytesMax: Int) -> [UInt8] {
    var bytes = [UInt8(truncatingIfNeeded: weight), UInt8(truncatingIfNeeded: weight >> 8)]
    var next: UInt32 = 0
    for item in items.prefix(countMax) {
      precondition(item >= next, "item numbers go up")
      let length = bytes.count
      ItemList.appendVarint(item - next, to: &bytes)
      if bytes.count > bytesMax {
        bytes.removeLast(bytes.count - length)
        break
      }
      next = item + 1
    }
    return bytes
  }

  /// Reads postings in place. What is malformed ends them.
  public struct Iterator: BitwiseCopyable {
    private let bytes: ByteView
    private var offset = 2
    private var next: UInt32 = 0
    public let weight: UInt32

    /// Nil where there is no weight.
    public init?(_ bytes: ByteView) {
      guard bytes.count >= 2, bytes.u16le(0) > 0 else { return nil }
      self.bytes = bytes
      weight = UInt32(bytes.u16le(0))
    }

    @inline(never)
    public mutating func nextItem() -> UInt32? {
      guard let delta = ItemList.Iterator.varint(bytes, &offset) else { return nil }
      let item = next &+ delta
      guard item >= next, item < UInt32.max else {
        offset = bytes.count
        return nil
      }
      next = item &+ 1
      return item
    }
  }
}
