import Models
import Replay
import SessionNeighbours

/// A model to compare with, that is no part of a snapshot.
public enum ReferenceModel: String, CaseIterable, Sendable {
  case vmis, vstan

  var model: SessionNeighbours {
    switch self {
    case .vmis: .vmis(VMISKNN())
    case .vstan: .vstan(VSTAN())
    }
  }
}

extension Evaluator {
  /// Answers at every position of `test` from the whole sessions of the training part. What may not be shown is no answer, nor is what
  /// the protocol takes out: the current item, or the rest of the basket.
  func run(_ reference: ReferenceModel, trainedOn subject: Evaluation.Subject, _ test: TestSet) -> [Outcome] {
    let table = subject.training.table
    let weights = EventWeights(subject.configuration.weights)
    let past = PastSessions(table, weights: weights, parallelism: parallelism)
    let questions = ReferenceQuestions(test, knownItems: table.itemIDs, weights: weights)
    let isShown = subject.training.catalogue.showable(itemCount: past.itemCount)
    let limit = cutoffs[cutoffs.count - 1]
    return parallelism.mapChunks(
      of: test.positionCount, size: 64, scratch: { NeighbourScorer(reference.model, past, limit: limit) }
    ) { scorer, positions in
      positions.map { number in
        let position = test.positions[number]
        let (visit, refused) = questions[position]
        let relevant = test.relevantItems(at: position)
        let (target, wanted) = (questions.target(position), relevant.map { questions.numbers[Int($0)] })
        var outcome = Outcome(relevant: relevant.count)
        for entry in scorer.answer(visit, where: { isShown[Int($0)] && !refused.contains($0) }) {
          outcome.add(isTarget: entry.item == target, isRelevant: wanted.contains(entry.item))
        }
        return outcome
      }
    }.flatMap { $0 }
  }
}

/// A test set's positions as visits over the items of the training part.
private struct ReferenceQuestions {
  /// By index in the test set: the training part's number, past all of them for items that it does not know.
  let numbers: [UInt32]
  private let test: TestSet
  private let weights: EventWeights

  init(_ test: TestSet, knownItems: [String], weights: EventWeights) {
    let known = Dictionary(uniqueKeysWithValues: zip(knownItems, 0..<UInt32(knownItems.count)))
    numbers = test.itemIDs.enumerated().map { known[$1] ?? UInt32(knownItems.count + $0) }
    (self.test, self.weights) = (test, weights)
  }

  func target(_ position: TestSet.Position) -> UInt32 {
    numbers[Int(test.sessions[position.session][position.target].item)]
  }

  /// The visit so far, and what is no answer to it.
  subscript(position: TestSet.Position) -> (visit: Visit, refused: Set<UInt32>) {
    let events = test.signals(before: position).map { test.sessions[position.session][$0] }
    let items = events.filter { weights[$0.type] > 0 }.map { numbers[Int($0.item)] }
    let refused: Set<UInt32> =
      switch test.protocolOfTest {
      case .next(excludingCurrent: true): Set(events.suffix(1).map { numbers[Int($0.item)] })
      case .next(excludingCurrent: false): []
      case .basket: Set(items)
      }
    return (Visit(items: items, time: events.last?.time ?? 0), refused)
  }
}
