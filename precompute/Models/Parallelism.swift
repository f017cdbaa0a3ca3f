import Dispatch
import Foundation

/// How many threads a model may use. Results never depend on it: work is cut into chunks whose bounds come from the data
/// alone, each chunk writes only its own part, and partial results are joined in the order of the chunks.
public struct Parallelism: Sendable {
  public var threads: Int

  public init(threads: Int) {
    precondition(threads > 0)
    self.threads = threads
  }

  public static let allCores = Parallelism(threads: ProcessInfo.processInfo.activeProcessorCount)

  /// Calls `body` once for each chunk of `0..<count`. `scratch` is made once a thread and must be left by `body` as it
  /// was found, as far as results depend on it.
  func forEachChunk<Scratch>(
    of count: Int, size: Int, scratch: () -> Scratch, _ body: (inout Scratch, Int, Range<Int>) -> Void
  ) {
    let chunks = (count + size - 1) / size
    guard chunks > 0 else { return }
    let workers = min(threads, chunks)
    // Chunks share nothing that they write.
    nonisolated(unsafe) let scratch = scratch
    nonisolated(unsafe) let body = body
    DispatchQueue.concurrentPerform(iterations: workers) { worker in
      var own = scratch()
      for chunk in stride(from: worker, to: chunks, by: workers) {
        body(&own, chunk, chunk * size..<min(count, (chunk + 1) * size))
      }
    }
  }

  func forEachChunk(of count: Int, size: Int, _ body: (Range<Int>) -> Void) {
    forEachChunk(of: count, size: size, scratch: {}) { _, _, range in body(range) }
  }

  /// The results of all chunks, in the order of the chunks.
  func mapChunks<Scratch, Result>(
    of count: Int, size: Int, scratch: () -> Scratch, _ body: (inout Scratch, Range<Int>) -> Result
  ) -> [Result] {
    let chunks = (count + size - 1) / size
    return Array(unsafeUninitializedCapacity: chunks) { results, initialized in
      let base = results.baseAddress
      forEachChunk(of: count, size: size, scratch: scratch) { own, chunk, range in
        (base! + chunk).initialize(to: body(&own, range))
      }
      initialized = chunks
    }
  }
}
