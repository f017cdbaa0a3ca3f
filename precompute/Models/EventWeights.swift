import Session

/// What one event of each type counts. Types without a weight count nothing: they stay out of every model.
public struct EventWeights: Sendable, Equatable {
  private var byRawValue = [Float](repeating: 0, count: 256)

  /// Weights are finite and not negative.
  public init(_ weights: [EventType: Float]) {
    for (type, weight) in weights { self[type] = weight }
  }

  /// A purchase says five times what a view says; what was only shown, searched or taken out of the cart says nothing.
  public static let standard = EventWeights([
    .view: 1, .click: 1, .dwell: 0.5, .rate: 2, .addToCart: 3, .purchase: 5,
  ])

  public subscript(type: EventType) -> Float {
    get { byRawValue[Int(type.rawValue)] }
    set {
      precondition(newValue >= 0 && newValue.isFinite, "an event weight is finite and not negative")
      byRawValue[Int(type.rawValue)] = newValue
    }
  }

  /// The weight by an event table's type column; 0 for unknown raw values.
  public subscript(rawValue: UInt8) -> Float { byRawValue[Int(rawValue)] }
}
