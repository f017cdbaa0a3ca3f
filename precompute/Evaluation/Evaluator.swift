import Foundation
import Models
import Recommender
import Replay

/// Asks a snapshot at every position of a test set.
public struct Evaluator {
  /// Cut-offs k, ascending.
  public let cutoffs: [Int]
  public let context: Context
  public var parallelism = Parallelism.allCores

  /// - Parameter cutoffs: at least one, each in 1...100.
  public init(cutoffs: [Int] = [1, 5, 10, 20], context: Context, parallelism: Parallelism = .allCores) {
    precondition(!cutoffs.isEmpty && cutoffs.allSatisfy((1...Query.limitMax).contains))
    self.cutoffs = Set(cutoffs).sorted()
    (self.context, self.parallelism) = (context, parallelism)
  }

  /// Sessions that a thread takes at once.
  private static let chunk = 16

  /// - Parameter progress: positions answered so far; called by one thread at a time.
  public func run(
    _ snapshot: TrainedSnapshot, _ test: TestSet, progress: @escaping (Int) -> Void = { _ in }
  ) throws -> Answers {
    let start = Date()
    let recommender = try snapshot.open()
    guard let base = recommender.snapshots.base else { preconditionFailure("a built snapshot has a base") }
    let items = ItemDirectory(test.itemIDs, base)
    // One for each thread, opened here where an error can be thrown.
    let workers = WorkerPool(
      try (0..<parallelism.threads).map { _ in
        Worker(
          try Scorer(snapshot, test, items, context: context), test, items,
          AnswerTally(cutoffs: cutoffs, items: Int(base.items)), limit: cutoffs[cutoffs.count - 1])
      })
    let counter = ProgressCounter(progress)
    let chunks = parallelism.mapChunks(of: test.sessionCount, size: Evaluator.chunk, scratch: { workers.take() }) {
      worker, sessions in
      let positions = test.offsets[sessions.lowerBound]..<test.offsets[sessions.upperBound]
      defer { counter.add(positions.count) }
      return positions.map { worker.answer(test.positions[$0]) }
    }
    var tally = AnswerTally(cutoffs: cutoffs, items: Int(base.items))
    for worker in workers.all { tally.add(worker.tally) }
    return Answers(
      outcomes: chunks.flatMap { $0 }, tally: tally, items: items,
      segments: base.segments?.codes ?? [], seconds: Date().timeIntervalSince(start),
      threads: parallelism.threads)
  }
}

/// What came of a run, by position of the test set.
public struct Answers {
  package let outcomes: [Outcome]
  let tally: AnswerTally
  let items: ItemDirectory
  /// The codes of the snapshot's segments.
  let segments: [String]
  public let seconds: Double
  public let threads: Int
}

/// What one thread works with.
private final class Worker {
  private let scorer: Scorer
  private let test: TestSet
  private let items: ItemDirectory
  private let limit: Int
  private(set) var tally: AnswerTally

  init(_ scorer: Scorer, _ test: TestSet, _ items: ItemDirectory, _ tally: AnswerTally, limit: Int) {
    (self.scorer, self.test, self.items, self.tally, self.limit) = (scorer, test, items, tally, limit)
  }

  func answer(_ position: TestSet.Position) -> Outcome {
    let relevant = test.relevantItems(at: position)
    let numbers = relevant.map { items.numbers[Int($0)] }
    let target = items.numbers[Int(test.sessions[position.session][position.target].item)]
    var outcome = Outcome(relevant: relevant.count)
    outcome.segment = scorer.answer(at: position, limit: limit) { place, recommendation in
      let isTarget = recommendation.item == target
      outcome.add(isTarget: isTarget, isRelevant: numbers.contains(recommendation.item))
      tally.add(recommendation, at: place, isTarget: isTarget)
    }
    return outcome
  }
}

/// Hands each thread its worker.
private final class WorkerPool: @unchecked Sendable {
  let all: [Worker]
  private let lock = NSLock()
  private var taken = 0

  init(_ all: [Worker]) { self.all = all }

  func take() -> Worker {
    lock.withLock {
      taken += 1
      return all[taken - 1]
    }
  }
}

private final class ProgressCounter: @unchecked Sendable {
  private let lock = NSLock()
  private let report: (Int) -> Void
  private var done = 0

  init(_ report: @escaping (Int) -> Void) { self.report = report }

  func add(_ count: Int) {
    lock.withLock {
      done += count
      report(done)
    }
  }
}

extension SegmentTable {
  fileprivate var codes: [String] {
    (0..<count).map { segment in
      let code = code(segment)
      return String(decoding: UnsafeRawBufferPointer(start: code.start, count: code.count), as: UTF8.self)
    }
  }
}
