import Bytes
import SnapshotFormat

/// How an item came to its place in the answer.
public enum Slot: UInt8, BitwiseCopyable, Sendable {
  case ranked, pinned, sponsored
}

/// The answer's items out of the ranked shortlist, slot by slot: what is pinned there, else the best that caps and groups leave, where
/// the dial of diversity is above 0 by maximal marginal relevance (Carbonell and Goldstein 1998):
///
///     (1 − d) · relevance(i) − d · the largest likeness(i, j) of what is chosen
///
/// relevance being the score from 0, the shortlist's least, to 1, its largest. What is pinned counts for caps, groups and
/// likeness from the start, and is bound by none of them.
struct Selection: ~Copyable {
  struct Choice: BitwiseCopyable {
    /// The place in the candidate set.
    let place: UInt16
    let slot: Slot
  }

  /// What a candidate in the running has in common with what is chosen.
  private struct Row: BitwiseCopyable {
    let place: UInt16
    let item: UInt32
    let category: UInt16
    let brand: UInt16
    let group: UInt32
    let relevance: Float
    /// Chosen, or the variant of a chosen one.
    var isOut = false
    /// For a pin.
    var isHeld = false
    var sameCategory: UInt8 = 0
    var sameBrand: UInt8 = 0
    var likeness: Float = 0
  }

  private(set) var choices = FixedArray<Choice>(capacity: Query.limitMax)
  private var rows = FixedArray<Row>(capacity: TopSelection.capacity)
  /// By pin, the row that it holds, or -1.
  private var pinned = FixedArray<Int>(capacity: Adjustments.pinsMax)

  /// - Parameter order: the shortlist, best first.
  mutating func choose(
    _ limit: Int, of order: borrowing TopSelection, in set: CandidateSet, _ recipe: Recipe,
    _ pins: borrowing FixedArray<Adjustment>, _ factors: inout FactorSource, _ base: BaseSnapshot
  ) {
    choices.removeAll()
    guard recipe.isSelective(base) || !pins.isEmpty else {
      for rank in Indices(min(limit, order.places.count)) {
        choices.append(Choice(place: order.places[rank], slot: .ranked))
      }
      return
    }
    fill(order, set, base)
    pinned.removeAll()
    for pin in pins.indices { pinned.append(hold(pins[pin], limit, recipe, &factors, base)) }
    while choices.count < limit {
      if let pin = nextPin(pins, through: choices.count) {
        append(pin, pins)
      } else if let row = best(recipe) {
        choices.append(Choice(place: rows[row].place, slot: .ranked))
        take(row, recipe, &factors, base)
      } else if let pin = nextPin(pins, through: limit) {
        append(pin, pins)
      } else {
        return
      }
    }
  }

  private mutating func fill(_ order: borrowing TopSelection, _ set: CandidateSet, _ base: BaseSnapshot) {
    rows.removeAll()
    guard !order.places.isEmpty else { return }
    let best = set[Int(order.places[0])].score
    let range = best - set[Int(order.places[order.places.count &- 1])].score
    let isSpread = range > 0 && range.isFinite
    for rank in order.places.indices {
      let place = order.places[rank]
      let item = set[Int(place)].item
      let relevance = isSpread ? 1 - (best - set[Int(place)].score) / range : 1
      rows.append(
        Row(
          place: place, item: item, category: base.category(of: item) ?? unknownAttribute,
          brand: base.brand(of: item) ?? unknownAttribute, group: base.group(of: item) ?? noGroup,
          relevance: relevance))
    }
  }

  // MARK: Pins

  /// Takes the best row that `pin` names; -1 where there is none.
  private mutating func hold(
    _ pin: Adjustment, _ limit: Int, _ recipe: Recipe, _ factors: inout FactorSource, _ base: BaseSnapshot
  ) -> Int {
    guard Int(pin.position) < limit else { return -1 }
    for row in rows.indices where !rows[row].isHeld && base.isItem(rows[row].item, pin.key) {
      take(row, recipe, &factors, base)
      rows[row].isHeld = true
      return row
    }
    return -1
  }

  /// The first pin that waits for a slot up to `slot`.
  @inline(never)
  private func nextPin(_ pins: borrowing FixedArray<Adjustment>, through slot: Int) -> Int? {
    for pin in pins.indices where pinned[pin] >= 0 && Int(pins[pin].position) <= slot { return pin }
    return nil
  }

  @inline(never)
  private mutating func append(_ pin: Int, _ pins: borrowing FixedArray<Adjustment>) {
    let slot: Slot = pins[pin].kind == .sponsor ? .sponsored : .pinned
    choices.append(Choice(place: rows[pinned[pin]].place, slot: slot))
    pinned[pin] = -1
  }

  // MARK: The others

  /// The best row that is left; of equals the one ranked higher.
  private func best(_ recipe: Recipe) -> Int? {
    let dial = Float(recipe.diversity) * (1 / 100 as Float)
    var best: Int?
    var most = -Float.infinity
    for row in rows.indices where !rows[row].isOut {
      if recipe.perCategory > 0, rows[row].sameCategory >= recipe.perCategory { continue }
      if recipe.perBrand > 0, rows[row].sameBrand >= recipe.perBrand { continue }
      // The rows stand in order.
      if dial == 0 { return row }
      let value = (1 - dial) * rows[row].relevance - dial * rows[row].likeness
      if value > most { (best, most) = (row, value) }
    }
    return best
  }

  /// Takes `row` out of the running, and notes what the others have in common with it.
  private mutating func take(_ row: Int, _ recipe: Recipe, _ factors: inout FactorSource, _ base: BaseSnapshot) {
    let taken = rows[row]
    rows[row].isOut = true
    let hasFactors = recipe.diversity > 0 && factors.turn(to: taken.item, in: base)
    for other in rows.indices where !rows[other].isOut {
      let isOfCategory = taken.category != unknownAttribute && rows[other].category == taken.category
      let isOfBrand = taken.brand != unknownAttribute && rows[other].brand == taken.brand
      if isOfCategory { rows[other].sameCategory &+= 1 }
      if isOfBrand { rows[other].sameBrand &+= 1 }
      if recipe.isOnePerGroup, taken.group != noGroup, rows[other].group == taken.group { rows[other].isOut = true }
      guard recipe.diversity > 0 else { continue }
      // Half by what they are, two thirds of that by category, and half by who likes them.
      let attributes = (isOfCategory ? 2 / 3 as Float : 0) + (isOfBrand ? 1 / 3 as Float : 0)
      let nearness = hasFactors ? max(0, factors.nearness(of: rows[other].item, in: base)) : attributes
      rows[other].likeness = max(rows[other].likeness, 0.5 * (attributes + nearness))
    }
  }
}

extension Recipe {
  /// Whether anything but the score decides.
  func isSelective(_ base: BaseSnapshot) -> Bool {
    diversity > 0 || perCategory > 0 || perBrand > 0 || isOnePerGroup && base.hasGroups
  }
}
