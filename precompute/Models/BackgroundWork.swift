import Dispatch

/// Work that goes on beside what its maker does meanwhile.
///
/// For steps that are of one thread by nature: what is of all cores runs beside them.
package final class BackgroundWork<Value>: @unchecked Sendable {
  private let done = DispatchGroup()
  // Written once, before `done` is.
  private var result: Result<Value, any Error>?

  /// With one thread, the work is done at once.
  package init(_ parallelism: Parallelism, _ work: @escaping () throws -> Value) {
    guard parallelism.threads > 1 else {
      result = Result(catching: work)
      return
    }
    // Nothing but this work uses what it captures until `value` has been asked for.
    nonisolated(unsafe) let work = work
    DispatchQueue.global().async(group: done) { self.result = Result(catching: work) }
  }

  /// Waits for the end of the work.
  package func value() throws -> Value {
    done.wait()
    return try result!.get()
  }
}
