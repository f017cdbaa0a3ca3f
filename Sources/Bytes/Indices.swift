/// 0, 1, … up to `count`, without it. A `Range` says the same, but checks at each step what no count here calls for: in
/// wasm that is more code than most loops' bodies.
public struct Indices: Sequence, IteratorProtocol {
  @usableFromInline var index = 0
  @usableFromInline let count: Int

  @inlinable
  public init(_ count: Int) { self.count = count }

  @inlinable @inline(__always)
  public mutating func next() -> Int? {
    guard index < count else { return nil }
    defer { index &+= 1 }
    return index
  }
}
