import Bytes
import Session
import SnapshotFormat

/// The session as the models see it: distinct items of this snapshot, newest first.
struct Interests: ~Copyable {
  struct Interest: BitwiseCopyable {
    let item: UInt32
    /// The strongest event's weight, decayed by the place of the newest. Zero for what says nothing, such as an impression.
    var weight: Float
    /// Distinct items that are newer, those among them that this snapshot does not know.
    let back: UInt8
    /// How many of the session's events are about it; 0 for an item of the person's history.
    var events: UInt8
    /// Which of the session's signals they are: bit 0 for the oldest.
    var signals: UInt64 = 0
    /// Nil until an event that decides it has been met.
    var possession: Possession?
  }

  enum Possession: UInt8, BitwiseCopyable {
    case none, inCart, bought
  }

  /// Distinct items of a session from which on it speaks for itself, whatever the person did before.
  private static let historyBelow = 4

  private(set) var items = FixedArray<Interest>(capacity: Session.signalsMax + 1)
  /// Names of the distinct items that this snapshot does not know, newest first.
  private var unknown = FixedArray<UInt32>(capacity: Session.signalsMax)
  /// Σ of the items' weights.
  private(set) var weight: Float = 0
  /// Events about items of this snapshot.
  private(set) var events: UInt32 = 0

  /// The place of the newest item with weight; -1 where none has any.
  private(set) var newestPlace = -1
  /// The newest item with weight.
  var newest: Interest? { newestPlace < 0 ? nil : items[newestPlace] }

  /// Fills in what `session` says, and, where that is little, the person's `history`. `current` is the item that the page shows:
  /// the visitor looks at it now, whether or not the view has been posted yet.
  mutating func resolve(
    _ session: borrowing Session, current: UInt32?, history: ByteView = .empty, in base: BaseSnapshot
  ) {
    items.removeAll()
    unknown.removeAll()
    events = 0
    weight = 0
    // A view of the page's own item may have been posted already.
    if let current, session.count == 0 || base.item(name: session.newest(0).itemName) != current {
      add(current, Signal(item: 0, type: .view, time: 0), bit: 0, base.weights)
    }
    for age in session.indices {
      let signal = session.newest(age)
      guard signal.itemName != 0 else { continue }
      guard let item = base.item(name: signal.item) else {
        note(unknown: signal.item)
        continue
      }
      add(item, signal, bit: 1 &<< UInt64(session.count &- 1 &- age), base.weights)
    }
    if items.count < Interests.historyBelow { add(history, base) }
    newestPlace = -1
    for place in items.indices {
      weight = weight + items[place].weight
      if newestPlace < 0, items[place].weight > 0 { newestPlace = place }
    }
  }

  /// Adds a `UserHistory` behind the session's own items.
  private mutating func add(_ history: ByteView, _ base: BaseSnapshot) {
    for index in Indices(UserHistory.count(history)) {
      let entry = UserHistory.entry(history, index)
      guard entry.item < base.items, let type = EventType(rawValue: entry.type) else { continue }
      let position = place(of: entry.item)
      guard position == items.count else { continue }
      let weight = base.weights.event(Signal(item: 0, type: type, time: 0)) * base.weights.decay(position)
      let back = UInt8(truncatingIfNeeded: position &+ unknown.count)
      items.append(Interest(item: entry.item, weight: weight, back: back, events: 0, possession: nil))
    }
  }

  /// The place of `item`, or the next free one.
  private func place(of item: UInt32) -> Int {
    var place = 0
    while place < items.count, items[place].item != item { place += 1 }
    return place
  }

  private mutating func note(unknown name: UInt32) {
    for place in unknown.indices where unknown[place] == name { return }
    unknown.append(name)
  }

  /// Called with events from newest to oldest.
  private mutating func add(
    _ item: UInt32, _ signal: Signal, bit: UInt64, _ weights: borrowing ScoringWeights
  ) {
    let position = place(of: item)
    if position == items.count {
      let back = UInt8(truncatingIfNeeded: position &+ unknown.count)
      items.append(Interest(item: item, weight: 0, back: back, events: 0, possession: nil))
    }
    events &+= 1
    items[position].events &+= 1
    items[position].signals |= bit
    items[position].weight = max(items[position].weight, weights.event(signal) * weights.decay(position))
    if items[position].possession == nil {
      switch signal.type {
      case .addToCart: items[position].possession = .inCart
      case .purchase: items[position].possession = .bought
      case .removeFromCart: items[position].possession = Possession.none
      default: break
      }
    }
  }
}
