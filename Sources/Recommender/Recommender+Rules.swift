import Session

extension Recommender {
  /// Called before a signal leaves the session: what rules count of it goes on as marks.
  public func remember(_ signal: Signal, in session: inout Session) {}
}

extension BaseSnapshot {
  /// How long rules look back, seconds; 0 where there are none.
  public var marksWindow: UInt32 { 0 }
}
