import EventLog

extension Catalogue {
  /// By item: false where a pattern forbids it ever to be answered. Items that the catalogue does not know may be.
  func recommendable(itemCount: Int) -> [Bool] {
    (0..<itemCount).map { $0 >= items.count || !items[$0].isNeverRecommended }
  }

  /// By item: whether it may be shown now, neither forbidden nor unavailable.
  package func showable(itemCount: Int) -> [Bool] {
    (0..<itemCount).map { $0 >= items.count || (!items[$0].isNeverRecommended && items[$0].isAvailable) }
  }
}
