/// A read-only window on bytes that somebody else keeps alive: a snapshot in memory, a request buffer, a token.
///
/// Every access is checked against the window; an access outside traps. Readers of untrusted bytes therefore
/// test with `slice` or `has` first and report an error of their own. Loads are unaligned, the byte order is in
/// the name. The owner must outlive the view: views are handed down the call stack or kept beside their owner.
public struct ByteView: BitwiseCopyable, @unchecked Sendable {
  @usableFromInline let base: UnsafeRawPointer
  public let count: Int

  @inlinable
  public init(base: UnsafeRawPointer, count: Int) {
    precondition(count >= 0)
    self.base = base
    self.count = count
  }

  /// Inside a window: `count` is known not to be negative.
  @inlinable
  init(inside base: UnsafeRawPointer, _ count: Int) {
    self.base = base
    self.count = count
  }

  @inlinable
  public init(_ buffer: UnsafeRawBufferPointer) {
    if let base = buffer.baseAddress {
      self.init(base: base, count: buffer.count)
    } else {
      self = .empty
    }
  }

  /// The bytes of a literal, which live as long as the program.
  @inlinable
  public init(_ literal: StaticString) {
    self.init(inside: UnsafeRawPointer(literal.utf8Start), literal.utf8CodeUnitCount)
  }

  @inlinable
  public static var empty: ByteView { ByteView("") }

  @inlinable
  public var isEmpty: Bool { count == 0 }

  @inlinable
  public var indices: Indices { Indices(count) }

  /// Where the window starts, for kernels that take a plain pointer; `count` bytes may be read.
  @inlinable
  public var start: UnsafeRawPointer { base }

  /// Whether `length` bytes from `offset` lie inside the window.
  @inlinable
  public func has(_ offset: Int, _ length: Int) -> Bool {
    // Unsigned, negative numbers are larger than any count.
    let (start, end) = (UInt(bitPattern: offset), UInt(bitPattern: count))
    return start <= end && UInt(bitPattern: length) <= end &- start
  }

  @inlinable
  public subscript(_ index: Int) -> UInt8 {
    precondition(UInt(bitPattern: index) < UInt(bitPattern: count))
    return base.load(fromByteOffset: index, as: UInt8.self)
  }

  /// The window of `length` bytes from `offset`, or nil where it would reach outside.
  @inlinable
  public func slice(_ offset: Int, _ length: Int) -> ByteView? {
    has(offset, length) ? ByteView(inside: base + offset, length) : nil
  }

  @inlinable
  public func prefix(_ length: Int) -> ByteView {
    ByteView(inside: base, max(0, min(length, count)))
  }

  @inlinable
  public func dropFirst(_ length: Int) -> ByteView {
    let skipped = max(0, min(length, count))
    return ByteView(inside: base + skipped, count &- skipped)
  }

  @inlinable
  public func dropLast(_ length: Int) -> ByteView {
    prefix(count &- max(0, min(length, count)))
  }

  @inlinable
  func load<T: BitwiseCopyable>(_ offset: Int, as type: T.Type) -> T {
    precondition(has(offset, MemoryLayout<T>.size))
    return base.loadUnaligned(fromByteOffset: offset, as: type)
  }

  @inlinable public func u16le(_ offset: Int) -> UInt16 { UInt16(littleEndian: load(offset, as: UInt16.self)) }
  @inlinable public func u32le(_ offset: Int) -> UInt32 { UInt32(littleEndian: load(offset, as: UInt32.self)) }
  @inlinable public func u64le(_ offset: Int) -> UInt64 { UInt64(littleEndian: load(offset, as: UInt64.self)) }
  @inlinable public func u16be(_ offset: Int) -> UInt16 { UInt16(bigEndian: load(offset, as: UInt16.self)) }
  @inlinable public func u32be(_ offset: Int) -> UInt32 { UInt32(bigEndian: load(offset, as: UInt32.self)) }
  @inlinable public func u64be(_ offset: Int) -> UInt64 { UInt64(bigEndian: load(offset, as: UInt64.self)) }
  @inlinable public func f32le(_ offset: Int) -> Float { Float(bitPattern: u32le(offset)) }

  /// Removes and gives what stands before the first `separator`, which is removed with it; nil, and nothing removed,
  /// where there is none.
  @inline(never)
  public mutating func removeFirst(before separator: UInt8) -> ByteView? {
    guard let end = firstIndex(of: separator) else { return nil }
    let field = ByteView(inside: base, end)
    self = ByteView(inside: base + (end &+ 1), count &- end &- 1)
    return field
  }

  /// The same, but all that is left where no separator follows.
  @inline(never)
  public mutating func removeField(before separator: UInt8) -> ByteView {
    if let field = removeFirst(before: separator) { return field }
    let field = self
    self = dropFirst(count)
    return field
  }

  /// The index of the first `byte` at or after `from`.
  @inlinable
  public func firstIndex(of byte: UInt8, from: Int = 0) -> Int? {
    var index = max(0, from)
    while index < count {
      if base.load(fromByteOffset: index, as: UInt8.self) == byte { return index }
      index &+= 1
    }
    return nil
  }

  /// Equality of bytes. `String ==` would link Unicode normalisation tables into the module (50 KB).
  @inlinable
  public func equals(_ other: ByteView) -> Bool {
    guard count == other.count else { return false }
    var index = 0
    while index < count {
      if base.load(fromByteOffset: index, as: UInt8.self) != other.base.load(fromByteOffset: index, as: UInt8.self) {
        return false
      }
      index &+= 1
    }
    return true
  }

  @inline(never)
  public func equals(_ literal: StaticString) -> Bool { equals(ByteView(literal)) }

  /// Equality with ASCII letters folded, for header names and event aliases. `lowercase` is in lower case.
  public func equalsIgnoringCase(_ lowercase: StaticString) -> Bool {
    guard count == lowercase.utf8CodeUnitCount else { return false }
    let other = ByteView(lowercase)
    for index in indices where asciiLowercased(self[index]) != other[index] { return false }
    return true
  }

  public func starts(with literal: StaticString) -> Bool {
    prefix(literal.utf8CodeUnitCount).equals(literal)
  }

  /// Less, equal or greater (-1, 0, 1) by bytes, the shorter first: SQLite's BINARY order.
  public func compare(_ other: ByteView) -> Int {
    let shared = min(count, other.count)
    var index = 0
    while index < shared {
      let (a, b) = (self[index], other[index])
      if a != b { return a < b ? -1 : 1 }
      index &+= 1
    }
    return count == other.count ? 0 : (count < other.count ? -1 : 1)
  }

  /// Without spaces and tabs at either end.
  public var trimmed: ByteView {
    var (start, end) = (0, count)
    while start < end, self[start] == 0x20 || self[start] == 0x09 { start &+= 1 }
    while start < end, self[end &- 1] == 0x20 || self[end &- 1] == 0x09 { end &-= 1 }
    return ByteView(inside: base + start, end &- start)
  }
}

@inlinable
public func asciiLowercased(_ byte: UInt8) -> UInt8 {
  byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte
}
