/// How much an event of each type says, by raw value of `EventType`: 0 for types that say nothing on an item.
public struct EventWeights: Sendable {
  private var weights = InlineArray<16, Float>(repeating: 0)

  public init() {}

  public subscript(_ type: EventType) -> Float {
    get { weights[Int(type.rawValue)] }
    set { weights[Int(type.rawValue)] = newValue }
  }

  /// What holds without configuration.
  public static var standard: EventWeights {
    var weights = EventWeights()
    weights[.view] = 1
    weights[.click] = 1
    weights[.dwell] = 0.5
    weights[.addToCart] = 3
    weights[.rate] = 3
    weights[.purchase] = 5
    return weights
  }
}
