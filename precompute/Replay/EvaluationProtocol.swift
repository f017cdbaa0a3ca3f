import Recommender

/// What is asked at which place of a test session, and what counts as a hit.
public enum EvaluationProtocol: Sendable, Equatable {
  /// The next item, at every position of each session: all prefixes, all items ranked. With `excludingCurrent` the newest item is
  /// the one that the page shows, and so no answer.
  case next(excludingCurrent: Bool)
  /// Every item of a basket hidden in turn, at most `perBasket` of them; the others stand in the cart.
  case basket(perBasket: Int)

  public var name: String {
    switch self {
    case .next: "next"
    case .basket: "basket"
    }
  }

  /// Where on the shop's pages the answer is asked for unless it is said otherwise.
  public var context: Context {
    switch self {
    case .next: .product
    case .basket: .cart
    }
  }

  package var description: String {
    switch self {
    case .next(false): "next item at every position, the current item may be answered"
    case .next(true): "next item at every position, the current item is no answer"
    case .basket(let most): "every item of a basket hidden in turn, at most \(most) a basket"
    }
  }
}
