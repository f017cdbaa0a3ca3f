/// An array whose storage is allocated once, at birth: the answer path works on these and allocates nothing.
/// Indices are checked; an append to a full array is refused, not grown.
public struct FixedArray<Element: BitwiseCopyable>: ~Copyable {
  @usableFromInline let base: UnsafeMutablePointer<Element>
  public let capacity: Int
  public private(set) var count = 0

  public init(capacity: Int) {
    self.capacity = capacity
    base = allocate(capacity &* MemoryLayout<Element>.stride).assumingMemoryBound(to: Element.self)
  }

  /// Full from the start, every element `value`.
  public init(repeating value: Element, count: Int) {
    self.init(capacity: count)
    base.initialize(repeating: value, count: count)
    self.count = count
  }

  /// Full from the start with elements that stand in `bytes` as they do in memory, little-endian.
  public init(copying bytes: ByteView) {
    capacity = bytes.count / MemoryLayout<Element>.stride
    base = allocate(copying: bytes).assumingMemoryBound(to: Element.self)
    count = capacity
  }

  deinit { base.deallocate() }

  @inlinable public var isEmpty: Bool { count == 0 }
  @inlinable public var indices: Indices { Indices(count) }
  @inlinable public var isFull: Bool { count == capacity }

  /// Gives the element's address, so that a part of it is read or changed in place.
  @inlinable
  public subscript(_ index: Int) -> Element {
    unsafeAddress {
      precondition(UInt(bitPattern: index) < UInt(bitPattern: count))
      return UnsafePointer(base + index)
    }
    unsafeMutableAddress {
      precondition(UInt(bitPattern: index) < UInt(bitPattern: count))
      return base + index
    }
  }

  /// Adds `element`, or returns false where the array is full.
  @discardableResult
  public mutating func append(_ element: Element) -> Bool {
    guard count < capacity else { return false }
    base[count] = element
    count &+= 1
    return true
  }

  /// Adds `element` before the one at `index`; there has to be room.
  public mutating func insert(_ element: Element, at index: Int) {
    precondition(UInt(bitPattern: index) <= UInt(bitPattern: count) && count < capacity)
    move(index, to: index &+ 1, count: count &- index)
    base[index] = element
    count &+= 1
  }

  public mutating func remove(at index: Int) {
    precondition(UInt(bitPattern: index) < UInt(bitPattern: count))
    count &-= 1
    move(index &+ 1, to: index, count: count &- index)
  }

  /// As bytes: an element at a time, Swift's own loop takes several times as long.
  private mutating func move(_ source: Int, to target: Int, count: Int) {
    UnsafeMutableRawPointer(base + target).copyMemory(
      from: UnsafeRawPointer(base + source), byteCount: count &* MemoryLayout<Element>.stride)
  }

  public mutating func reverse() {
    var (low, high) = (base, base + count)
    while high - low > 1 {
      high -= 1
      let kept = low.pointee
      low.pointee = high.pointee
      high.pointee = kept
      low += 1
    }
  }

  public mutating func removeAll() { count = 0 }

  /// Forgets everything after the first `length` elements.
  public mutating func truncate(to length: Int) {
    precondition(UInt(bitPattern: length) <= UInt(bitPattern: count))
    count = length
  }

  /// For kernels: the elements, valid until the next mutation.
  @inlinable public var pointer: UnsafePointer<Element> { UnsafePointer(base) }

  /// For kernels that write.
  @inlinable public var mutablePointer: UnsafeMutablePointer<Element> { mutating get { base } }
}
