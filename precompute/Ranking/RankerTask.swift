import Configuration
import EventLog
import Recommender
import Replay
import Session
import SnapshotFormat

/// A situation to learn a ranker for, and the questions that stand for it.
struct RankerTask {
  /// The first is learned for, the others share it.
  let kinds: [RankerKind]
  let questions: EvaluationProtocol

  /// How many questions a session of so many events asks, about.
  func positions(ofSessionOf events: Int) -> Int {
    switch questions {
    case .next: events - 1
    case .basket(let most): events > 1 ? min(events, most) : 0
    }
  }

  /// Ordered sessions ask what comes next, and what else belongs into the cart where they say what was put there; of unordered ones
  /// only the second can be asked.
  static func all(_ table: EventTable, _ configuration: Configuration) -> [RankerTask] {
    let basket = EvaluationProtocol.basket(perBasket: 5)
    guard configuration.events.isOrdered else {
      return [RankerTask(kinds: [.basket, .session, .page], questions: basket)]
    }
    let next = [
      RankerTask(kinds: [.session], questions: .next(excludingCurrent: false)),
      RankerTask(kinds: [.page], questions: .next(excludingCurrent: true)),
    ]
    let cartTypes = [EventType.addToCart.rawValue, EventType.purchase.rawValue]
    return table.types.contains(where: cartTypes.contains)
      ? next + [RankerTask(kinds: [.basket], questions: basket)] : next
  }
}
