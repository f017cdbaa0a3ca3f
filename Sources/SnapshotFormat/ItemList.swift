import Bytes

/// A list of item numbers with weights, as in the next-item and bought-together heaps:
///
///     count      LEB128
///     scale      bfloat16, little-endian: the largest weight of the list
///     count × (  LEB128: item number less the one before, less one for all but the first;  u8: weight / scale · 255 )
///
/// Entries go up by item number. Popular items have small numbers, so an entry takes some 2.5 bytes, against 5 for a plain
/// (u32, u8); the scorer adds the weights up by item and does not need their order.
public enum ItemList {
  /// Entries of one list, at most; bounds the scorer's work for a hostile snapshot.
  public static let countMax = 255

  /// Encodes `entries` (item numbers distinct, weights positive). Weights that round to nothing are kept at 1/255.
  public static func encode(_ entries: [(item: UInt32, weight: Float)]) -> [UInt8] {
    precondition(entries.count <= countMax)
    let sorted = entries.sorted { $0.item < $1.item }
    var largest: Float = 0
    for entry in sorted where entry.weight > largest { largest = entry.weight }
    let scale = BrainFloat.encode(largest)
    let unit = BrainFloat.decode(scale)
    var bytes: [UInt8] = []
    appendVarint(UInt32(sorted.count), to: &bytes)
    bytes.append(UInt8(truncatingIfNeeded: scale))
    bytes.append(UInt8(truncatingIfNeeded: scale >> 8))
    var next: UInt32 = 0
    for entry in sorted {
      precondition(entry.item >= next, "item numbers are distinct")
      appendVarint(entry.item - next, to: &bytes)
      let level = unit > 0 ? nearestEven(entry.weight / unit * 255) : 1
      bytes.append(UInt8(max(1, min(255, level))))
      next = entry.item + 1
    }
    return bytes
  }

  static func appendVarint(_ value: UInt32, to bytes: inout [UInt8]) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  /// Reads a list in place. What is malformed ends the list: a damaged snapshot gives fewer candidates, never a trap.
  public struct Iterator {
    let bytes: ByteView
    var offset = 0
    var remaining: UInt32 = 0
    var next: UInt32 = 0
    let unit: Float

    public init(_ bytes: ByteView) {
      self.bytes = bytes
      var position = 0
      let count = Iterator.varint(bytes, &position)
      guard let count, count <= UInt32(ItemList.countMax), bytes.has(position, 2),
        BrainFloat.isWeight(bytes.u16le(position))
      else {
        unit = 0
        return
      }
      unit = BrainFloat.decode(bytes.u16le(position)) * (1 / 255 as Float)
      offset = position + 2
      remaining = count
    }

    /// Most steps are one or two bytes, and most lists do not end their block: that much is checked at once.
    @inline(__always)
    public mutating func nextEntry() -> (item: UInt32, weight: Float)? {
      guard remaining > 0 else { return nil }
      guard bytes.count &- offset >= 3 else { return nextEntryApart() }
      let start = bytes.start + offset
      var delta = UInt32(start.load(as: UInt8.self))
      var length = 1
      if delta >= 0x80 {
        let high = UInt32(start.load(fromByteOffset: 1, as: UInt8.self))
        guard high < 0x80 else { return nextEntryApart() }
        delta = delta & 0x7F | high << 7
        length = 2
      }
      let item = next &+ delta
      guard item >= next else { return nextEntryApart() }
      remaining &-= 1
      offset &+= length &+ 1
      next = item &+ 1
      return (item, Float(start.load(fromByteOffset: length, as: UInt8.self)) * unit)
    }

    /// On a copy, so that this one can live in registers.
    @inline(__always)
    private mutating func nextEntryApart() -> (item: UInt32, weight: Float)? {
      var copy = self
      let entry = copy.nextEntryChecked()
      self = copy
      return entry
    }

    @inline(never)
    private mutating func nextEntryChecked() -> (item: UInt32, weight: Float)? {
      remaining &-= 1
      guard let delta = Iterator.varint(bytes, &offset), offset < bytes.count else {
        remaining = 0
        return nil
      }
      let item = next &+ delta
      guard item >= next else {
        remaining = 0
        return nil
      }
      let level = bytes[offset]
      offset &+= 1
      next = item &+ 1
      return (item, Float(level) * unit)
    }

    @inline(__always)
    static func varint(_ bytes: ByteView, _ offset: inout Int) -> UInt32? {
      var value: UInt32 = 0
      var shift: UInt32 = 0
      while offset < bytes.count, shift < 35 {
        let byte = bytes[offset]
        offset &+= 1
        value |= UInt32(byte & 0x7F) << shift
        if byte < 0x80 { return value }
        shift &+= 7
      }
      return nil
    }
  }
}
