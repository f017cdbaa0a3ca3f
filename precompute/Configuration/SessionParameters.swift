/// What the scorer takes for a visitor's session.
public struct SessionParameters: Sendable, Equatable {
  /// How long a signal counts. A day: a visitor who comes back within it finds the session as it was.
  public var windowSeconds: UInt32 = 86_400
  /// After so long without a signal the next one starts a visit; at most the window.
  public var pauseSeconds: UInt32 = 1800
  /// λ: what is so many distinct items back counts e times less. Nil: 3 for ordered sessions, which keeps the newest item at three
  /// times the weight of the fourth; in baskets, whose items come in no order, all count alike.
  public var decay: Double?

  mutating func read(_ value: YAMLValue) throws {
    var section = try value.section()
    if let value = try section.value("window") {
      windowSeconds = try value.seconds()
      pauseSeconds = min(pauseSeconds, windowSeconds)
    }
    if let value = try section.value("pause") {
      pauseSeconds = try value.seconds()
      if pauseSeconds > windowSeconds {
        throw value.failure("longer than `session.window`: every signal would start a visit")
      }
    }
    if let value = try section.value("decay") { decay = try value.number(in: 0.1...1000) }
    try section.finish()
  }
}
