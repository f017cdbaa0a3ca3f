import Bytes
import Session
import SnapshotFormat

/// What a session says of its visitor, derived anew at each request: nothing of it is kept.
public struct Profile: ~Copyable {
  /// How much of the session's interest goes to one category, brand or tag.
  public struct Interest: BitwiseCopyable {
    public let key: AttributeKey
    /// 0...1. Shares of tags may add up to more than 1: an item has several.
    public internal(set) var share: Float
  }

  public enum PriceLevel: Int, CaseIterable, BitwiseCopyable {
    case low = 0
    case middle = 1
    case high = 2

    public var name: StaticString {
      switch self {
      case .low: "low"
      case .middle: "middle"
      case .high: "high"
      }
    }
  }

  /// Interests shown of each kind, the strongest.
  public static let interestsMax = 5

  private var items = Interests()
  private var found = FixedArray<Interest>(capacity: 256)
  private var counts = FixedArray<UInt32>(repeating: 0, count: 16)

  /// Category by category, brand by brand, tag by tag, the strongest first.
  public private(set) var interests = FixedArray<Interest>(capacity: 3 * Profile.interestsMax)
  /// What is in the cart (`addToCart`) and what was bought (`purchase`), each item's newest signal, newest first.
  public private(set) var taken = FixedArray<Signal>(capacity: 2 * Session.signalsMax)
  /// Where the prices of the items of interest stand among their like, on average; nil where none is known.
  public private(set) var priceLevel: PriceLevel?
  /// Their mean price in minor units of the shop's currency; nil where none is known.
  public private(set) var price: UInt32?
  /// Seconds since the newest signal; nil without one.
  public private(set) var idleSeconds: UInt32?
  /// Visits that began within `Recommender.returnWindow`.
  public private(set) var visits: UInt32 = 0
  public var isReturning: Bool { visits > 1 }

  public init() {}

  /// Signals of this type in the session.
  public func events(_ type: EventType) -> UInt32 { counts[Int(type.rawValue)] }

  public mutating func derive(_ session: borrowing Session, now: UInt32, in base: BaseSnapshot) {
    items.resolve(session, current: nil, in: base)
    countSignals(session, now, base)
    collectInterests(base)
    selectInterests()
    averagePrices(base)
  }

  private mutating func countSignals(_ session: borrowing Session, _ now: UInt32, _ base: BaseSnapshot) {
    for index in counts.indices { counts[index] = 0 }
    taken.removeAll()
    for age in session.indices {
      let signal = session.newest(age)
      counts[Int(signal.type.rawValue)] &+= 1
      let isInCart = signal.type == .addToCart && !isSettled(signal.item, session, before: age)
      if isInCart || signal.type == .purchase && !isTaken(signal) { taken.append(signal) }
    }
    idleSeconds = session.count > 0 ? now &- session.newest(0).time : nil
    visits = session.isBegunAnew(at: now, pause: base.sessionPause) ? 1 : 0
    for index in session.marks.indices where session.marks[index].counter == Mark.visit {
      if now &- session.marks[index].time <= Recommender.returnWindow { visits &+= 1 }
    }
  }

  /// Whether a newer signal than the one of `age` says what became of `item` in the cart.
  private func isSettled(_ item: UInt32, _ session: borrowing Session, before age: Int) -> Bool {
    for newer in Indices(age) where session.newest(newer).item == item {
      switch session.newest(newer).type {
      case .addToCart, .removeFromCart, .purchase: return true
      default: break
      }
    }
    return false
  }

  private func isTaken(_ signal: Signal) -> Bool {
    for index in taken.indices where taken[index].item == signal.item && taken[index].type == signal.type {
      return true
    }
    return false
  }

  // MARK: Interests

  private mutating func collectInterests(_ base: BaseSnapshot) {
    found.removeAll()
    for place in items.items.indices where items.items[place].weight > 0 {
      let (item, share) = (items.items[place].item, items.items[place].weight / items.weight)
      if let category = base.category(of: item) { add(AttributeKey(.category, UInt32(category)), share) }
      if let brand = base.brand(of: item) { add(AttributeKey(.brand, UInt32(brand)), share) }
      let tags = base.tags(of: item)
      for index in Indices(NumberList.count(tags)) {
        add(AttributeKey(.tag, UInt32(NumberList.number(tags, index))), share)
      }
    }
  }

  @inline(never)
  private mutating func add(_ key: AttributeKey, _ share: Float) {
    for index in found.indices where found[index].key == key {
      found[index].share = found[index].share + share
      return
    }
    found.append(Interest(key: key, share: share))
  }

  /// Categories, brands and tags, as `AttributeKey.Kind` numbers them. Of equal ones the earlier found, which is the newer, comes first.
  private mutating func selectInterests() {
    interests.removeAll()
    for kind in Indices(3) {
      for _ in Indices(Profile.interestsMax) {
        var best = -1
        for index in found.indices where found[index].key.rawValue >> 24 == UInt32(1 &+ kind) && found[index].share > 0
        {
          if best < 0 || found[index].share > found[best].share { best = index }
        }
        guard best >= 0 else { break }
        interests.append(found[best])
        found[best].share = 0
      }
    }
  }

  private mutating func averagePrices(_ base: BaseSnapshot) {
    var (priced, sum): (UInt64, UInt64) = (0, 0)
    var totals = BehaviourTotals()
    let behaviour = base.column(.behaviour)
    for place in items.items.indices where items.items[place].weight > 0 {
      let item = items.items[place].item
      if let price = base.price(of: item) {
        priced &+= 1
        sum &+= UInt64(price)
      }
      if !behaviour.isEmpty { totals.add(ItemBehaviour(rawValue: behaviour.u8(item))) }
    }
    price = priced > 0 ? UInt32(truncatingIfNeeded: (sum &+ priced / 2) / priced) : nil
    priceLevel =
      totals.priced > 0 ? PriceLevel(rawValue: (2 &* totals.levels &+ totals.priced) / (2 &* totals.priced)) : nil
  }
}
