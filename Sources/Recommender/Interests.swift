import Bytes
import Session

/// The session as the models see it: distinct items of this snapshot, newest first.
struct Interests: ~Copyable {
  struct Interest: BitwiseCopyable {
    let item: UInt32
    /// The strongest event's weight, decayed by the place of the newest. Zero for what says nothing, such as an impression.
    var weight: Float
    /// Distinct items that are newer, those among them that this snapshot does not know.
    let back: UInt8
    /// How many of the session's events are about it.
    var events: UInt8
    /// Which of the session's signals they are: bit 0 for the oldest.
    var signals: UInt64 = 0
    /// In the cart or bought: not recommended again. Nil until an event that decides it has been met.
    var isTaken: Bool?
  }

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

  /// Fills in what `session` says. `current` is the item that the page shows: the visitor looks at it now, whether or not the
  /// view has been posted yet.
  mutating func resolve(
    _ session: borrowing Session, current: UInt32?, in base: BaseSnapshot
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
    newestPlace = -1
    for place in items.indices {
      weight = weight + items[place].weight
      if newestPlace < 0, items[place].weight > 0 { newestPlace = place }
    }
  }

  private mutating func note(unknown name: UInt32) {
    for place in unknown.indices where unknown[place] == name { return }
    unknown.append(name)
  }

  /// Called with events from newest to oldest.
  private mutating func add(
    _ item: UInt32, _ signal: Signal, bit: UInt64, _ weights: borrowing ScoringWeights
  ) {
    var position = 0
    while position < items.count, items[position].item != item { position += 1 }
    if position == items.count {
      let back = UInt8(truncatingIfNeeded: position &+ unknown.count)
      items.append(Interest(item: item, weight: 0, back: back, events: 0, isTaken: nil))
    }
    events &+= 1
    items[position].events &+= 1
    items[position].signals |= bit
    items[position].weight = max(items[position].weight, weights.event(signal) * weights.decay(position))
    if items[position].isTaken == nil {
      switch signal.type {
      case .addToCart, .purchase: items[position].isTaken = true
      case .removeFromCart: items[position].isTaken = false
      default: break
      }
    }
  }
}
