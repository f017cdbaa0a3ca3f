/// The one place where memory is asked for, at least a byte of it.
@inline(never)
func allocate(_ count: Int) -> UnsafeMutableRawPointer { .allocate(byteCount: max(count, 1), alignment: 16) }

@inline(never)
func allocate(copying bytes: ByteView) -> UnsafeMutableRawPointer {
  let copy = allocate(bytes.count)
  copy.copyMemory(from: bytes.start, byteCount: bytes.count)
  return copy
}

/// A block of memory with one owner, zeroed at birth and released with it: file buffers, request and response
/// buffers, scratch space.
public final class OwnedBytes {
  public let start: UnsafeMutableRawPointer
  public let capacity: Int

  @inline(never)
  public init(capacity: Int) {
    self.capacity = capacity
    start = allocate(capacity)
    start.initializeMemory(as: UInt8.self, repeating: 0, count: max(capacity, 1))
  }

  public convenience init(copying bytes: [UInt8]) {
    self.init(capacity: bytes.count)
    bytes.withUnsafeBytes { start.copyMemory(from: $0.baseAddress ?? UnsafeRawPointer(start), byteCount: $0.count) }
  }

  deinit { start.deallocate() }

  public var view: ByteView { ByteView(base: UnsafeRawPointer(start), count: capacity) }
}
