import Bytes

/// What each source has added to the score of one item.
struct SourceParts: ~Copyable {
  /// By raw value of `Source`, and behind them what is nobody's.
  private var parts = FixedArray<Float>(repeating: 0, count: Source.count + 1)
  /// By feature, the place in `parts`.
  private var places = FixedArray<UInt8>(capacity: Feature.count)

  init() {
    for feature in Indices(Feature.count) { places.append(Feature.source(feature)?.rawValue ?? UInt8(Source.count)) }
  }

  subscript(_ source: Source) -> Float {
    get { parts[Int(source.rawValue)] }
    set { parts[Int(source.rawValue)] = newValue }
  }

  mutating func removeAll() {
    for place in parts.indices { parts[place] = 0 }
  }

  @inline(__always)
  mutating func add(_ part: Float, of feature: UInt8) {
    let place = Int(places[Int(feature)])
    parts[place] = parts[place] + part
  }
}
