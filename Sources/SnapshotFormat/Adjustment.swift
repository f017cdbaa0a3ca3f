import Bytes

/// What a shop wants changed in an answer beside what is likely: from a recipe, a request, or a rule that holds. In a snapshot
/// 8 bytes, little-endian: kind u8, position u8, amount i16 in units of 1/256, key u32.
public struct Adjustment: Equatable, BitwiseCopyable, Sendable {
  /// Raw values are part of the snapshot.
  public enum Kind: UInt8, CaseIterable, BitwiseCopyable, Sendable {
    /// Raises the items of `key` by `amount`, in mean deviations of the shortlist's scores; below zero it buries them.
    case boost = 1
    /// Puts the item of `key` at `position`.
    case pin = 2
    /// Never answers the items of `key`.
    case exclude = 3
    /// Puts the item of `key` at `position`, marked as sponsored.
    case sponsor = 4
  }

  public static let width = 8
  /// The largest amount of a boost, either way.
  public static let amountMax: Float = 100

  public let kind: Kind
  /// Counted from 0; matters to `pin` and `sponsor`.
  public let position: UInt8
  public let amount: Float
  public let key: AttributeKey

  public init(_ kind: Kind, _ key: AttributeKey, amount: Float = 0, position: UInt8 = 0) {
    (self.kind, self.key, self.amount, self.position) = (kind, key, amount, position)
  }

  public func encoded() -> [UInt8] {
    let amount = UInt16(bitPattern: Int16(nearestEven(max(-100, min(100, self.amount)) * 256)))
    return [kind.rawValue, position, UInt8(truncatingIfNeeded: amount), UInt8(truncatingIfNeeded: amount >> 8)]
      + [0, 8, 16, 24].map { UInt8(truncatingIfNeeded: key.rawValue >> UInt32($0)) }
  }

  /// The adjustment at `offset` of `bytes`; nil where there is none.
  public init?(_ bytes: ByteView, at offset: Int) {
    guard bytes.has(offset, Adjustment.width), let kind = Kind(rawValue: bytes[offset]) else { return nil }
    self.kind = kind
    position = bytes[offset &+ 1]
    amount = Float(Int16(bitPattern: bytes.u16le(offset &+ 2))) * (1 / 256 as Float)
    key = AttributeKey(rawValue: bytes.u32le(offset &+ 4))
  }
}
