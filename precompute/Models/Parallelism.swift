import Dispatch
import Foundation

/// How many threads a model may use. Results never depend on it: work is cut into chunks whose bounds come from the
/// data alone, each chunk writes only its own part, and partial results are joined in the order of the chunks.
public struct Parallelism: Sendable {
  public var threads: Int

  public init(threads: Int) {
    precondition(threads > 0)
    self.threads = threads
  }

  public static let allCores = Parallelism(threads: ProcessInfo.processInfo.activeProcessorCount)

  /// Calls `body` once for each chunk of `0..<count`. `scratch` is made once a thread and must be left by `body` as it
  /// was found, as far as results depend on it.
  package func forEachChunk<Scratch>(
    of count: Int, size: Int, scratch: () -> Scratch, _ body: (inout Scratch, Int, Range<Int>) -> Void
  ) {
    let chunks = (count + size - 1) / size
    guard chunks > 0 else { return }
    let workers = min(threads, chunks)
    // Chunks share nothing that they write.
    nonisolated(unsafe) let scratch = scratch
    nonisolated(unsafe) let body = body
    let queue = ChunkQueue(count: chunks)
    DispatchQueue.concurrentPerform(iterations: workers) { _ in
      var own = scratch()
      while let chunk = queue.next() { body(&own, chunk, chunk * size..<min(count, (chunk + 1) * size)) }
    }
  }

  package func forEachChunk(of count: Int, size: Int, _ body: (Range<Int>) -> Void) {
    forEachChunk(of: count, size: size, scratch: {}) { _, _, range in body(range) }
  }

  /// The results of all chunks, in the order of the chunks.
  package func mapChunks<Scratch, Result>(
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

/// Hands out chunks as workers come free, since the work of a chunk is seldom even: popular items stand together.
private final class ChunkQueue: @unchecked Sendable {
  private let lock = NSLock()
  private let count: Int
  private var first = 0

  init(count: Int) { self.count = count }

  func next() -> Int? {
    lock.withLock {
      guard first < count else { return nil }
      defer { first += 1 }
      return first
    }
  }
}
