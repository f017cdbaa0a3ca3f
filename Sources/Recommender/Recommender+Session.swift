import Bytes
import Session

// How signals enter and leave a session, by what the open snapshot says of time.
extension Recommender {
  /// How long a visit counts as a return at least, and so how long marks stay.
  public static let returnWindow: UInt32 = 86_400

  /// How long marks stay, seconds.
  public var marksWindow: UInt32 { max(snapshots.base?.marksWindow ?? 0, Recommender.returnWindow) }

  /// Adds `signal` to `session`; what falls out for it is remembered.
  public func record(_ signal: Signal, in session: inout Session) {
    if session.signals.isFull { remember(session.signals[session.dropping], in: &session) }
    session.record(signal, pause: snapshots.sessionPause)
  }

  /// Drops what is older than the windows at `now`; signals are remembered.
  public func expire(_ session: inout Session, now: UInt32) {
    session.hold(at: now)
    let window = snapshots.sessionWindow
    while session.count > 0, now - session.signals[0].time > window {
      remember(session.signals[0], in: &session)
      session.drop(0)
    }
    session.dropMarks(before: now > marksWindow ? now - marksWindow : 0)
  }
}
