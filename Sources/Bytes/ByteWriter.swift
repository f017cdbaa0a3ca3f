/// Appends to a buffer of fixed capacity. What does not fit is dropped and `overflowed` is set, so that writers
/// need no error path for each byte and the caller checks once.
public struct ByteWriter {
  @usableFromInline let base: UnsafeMutableRawPointer
  public let capacity: Int
  public private(set) var count = 0
  public private(set) var overflowed = false

  public init(base: UnsafeMutableRawPointer, capacity: Int) {
    self.base = base
    self.capacity = capacity
  }

  public init(_ buffer: OwnedBytes) {
    self.init(base: buffer.start, capacity: buffer.capacity)
  }

  /// What has been written so far.
  public var view: ByteView { ByteView(base: UnsafeRawPointer(base), count: count) }

  /// Forgets everything after the first `length` bytes.
  public mutating func truncate(to length: Int) {
    precondition(length >= 0 && length <= count)
    count = length
    overflowed = false
  }

  @inline(never)
  public mutating func append(_ byte: UInt8) {
    guard count < capacity else { return overflowed = true }
    base.storeBytes(of: byte, toByteOffset: count, as: UInt8.self)
    count &+= 1
  }

  @inline(never)
  public mutating func append(_ bytes: ByteView) {
    guard bytes.count <= capacity &- count else { return overflowed = true }
    (base + count).copyMemory(from: bytes.start, byteCount: bytes.count)
    count &+= bytes.count
  }

  @inline(never)
  public mutating func append(_ literal: StaticString) { append(ByteView(literal)) }

  /// The lowest `count` bytes of `value`.
  public mutating func appendLittleEndian(_ value: UInt32, count: Int) {
    for index in 0..<count { append(UInt8(truncatingIfNeeded: value >> (8 * UInt32(index)))) }
  }

  @inline(never)
  public mutating func appendDecimal(_ value: UInt64) {
    var divisor: UInt64 = 1
    while value / divisor >= 10 { divisor &*= 10 }
    while divisor > 0 {
      append(0x30 &+ UInt8(truncatingIfNeeded: value / divisor % 10))
      divisor /= 10
    }
  }

  public mutating func appendDecimal(_ value: Int64) {
    if value < 0 { append(0x2D) }
    appendDecimal(value.magnitude)
  }

  /// `units / 10^decimals` in decimal notation: floats are printed through integers so that every engine writes
  /// the same bytes.
  public mutating func appendFixed(_ units: UInt64, decimals: Int) {
    var scale: UInt64 = 1
    for _ in 0..<decimals { scale &*= 10 }
    appendDecimal(units / scale)
    guard decimals > 0 else { return }
    append(0x2E)
    let fraction = units % scale
    var divisor = scale / 10
    while divisor > 0 {
      append(0x30 &+ UInt8(truncatingIfNeeded: fraction / divisor % 10))
      divisor /= 10
    }
  }

  /// Copies `bytes` over what was written at `offset`; used to fill in a length that was not known before.
  public mutating func overwrite(at offset: Int, with bytes: ByteView) {
    precondition(offset >= 0 && offset <= count && bytes.count <= count - offset)
    (base + offset).copyMemory(from: bytes.start, byteCount: bytes.count)
  }
}
