/// 0, 1, … up to `count`, without it. A `Range` says the same, but checks at each step what no count here calls for: in
/// wasm that is more code than most loops' bodies.
public struct Indices: Sequence, IteratorProtocol {
  @usableFromInline var index = 0
  @usableFromInline let count: Int

  @inlinable
  public init(_ count: Int) { self.count = count }

  @inlinable @inline(__always)
  public mutating func next() -> Int? {
    // Goes on at the end too: a step without condition is what LLVM takes bounds checks out of loops for.
    defer { index &+= 1 }
    return UInt(bitPattern: index) < UInt(bitPattern: count) ? index : nil
  }
}
