import Bytes
import SnapshotFormat

/// The adjustments that hold for one answer: the request's, then those of rules, then the recipe's. Boosts of one item add up; of two
/// pins at one position the earlier has it.
struct Adjustments: ~Copyable {
  /// Of each kind; what comes later is left out.
  static let countMax = 64
  static let pinsMax = 16

  private(set) var boosts = FixedArray<Adjustment>(capacity: Adjustments.countMax)
  private(set) var exclusions = FixedArray<Adjustment>(capacity: Adjustments.countMax)
  /// Pinned and sponsored.
  private(set) var pins = FixedArray<Adjustment>(capacity: Adjustments.pinsMax)

  mutating func removeAll() {
    boosts.removeAll()
    exclusions.removeAll()
    pins.removeAll()
  }

  @inline(never)
  mutating func append(_ adjustment: Adjustment) {
    switch adjustment.kind {
    case .boost: boosts.append(adjustment)
    case .exclude: exclusions.append(adjustment)
    case .pin, .sponsor: pins.append(adjustment)
    }
  }

  /// Appends what stands in the layout of `Adjustment`.
  mutating func append(_ bytes: ByteView) {
    var offset = 0
    while let adjustment = Adjustment(bytes, at: offset) {
      append(adjustment)
      offset &+= Adjustment.width
    }
  }

  /// How much `item` is raised, in mean deviations.
  @inline(never)
  func boost(of item: UInt32, in base: BaseSnapshot) -> Float {
    var sum: Float = 0
    for index in boosts.indices where base.isItem(item, boosts[index].key) { sum = sum + boosts[index].amount }
    return sum
  }

  /// The mean absolute deviation of the scores at `places`, which is the unit of a boost; 1 where all are alike.
  @inline(never)
  static func unit(_ places: borrowing FixedArray<UInt16>, _ set: CandidateSet) -> Float {
    let share = 1 / Float(max(1, places.count))
    var (mean, deviation) = (0 as Float, 0 as Float)
    for index in places.indices { mean = mean + set[Int(places[index])].score * share }
    for index in places.indices { deviation = deviation + abs(set[Int(places[index])].score - mean) * share }
    return deviation > 0 && deviation.isFinite ? deviation : 1
  }
}
