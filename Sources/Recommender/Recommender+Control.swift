import Bytes
import SnapshotFormat

/// What a shop has to say: who may be a candidate, and what is raised, lowered or put in its place.
extension Recommender {
  /// Sets the filter, and refuses the items that a page, a cart or a request rules out.
  func restrict(_ query: borrowing Query, _ recipe: Recipe, _ base: BaseSnapshot) {
    candidates.filter.admitPrices(query.lowest, query.highest, base)
    candidates.filter.admitRegion(query.region, base)
    for index in adjustments.exclusions.indices { candidates.filter.exclude(adjustments.exclusions[index].key, base) }
    let isOnePerGroup = recipe.isOnePerGroup && base.hasGroups
    if let current = query.currentItem {
      restrict(by: current, recipe, base)
      refuse(current, withGroup: isOnePerGroup, base)
    }
    if recipe.isCategoryOnly, let category = query.category { candidates.filter.admitOnly(category, base) }
    for index in query.excluded.indices { candidates.refuse(query.excluded[index]) }
    for index in query.placed.indices { refuse(query.placed[index], withGroup: isOnePerGroup, base) }
    for place in interests.items.indices {
      let interest = interests.items[place]
      if recipe.excludes(interest.possession) {
        refuse(interest.item, withGroup: isOnePerGroup, base)
      } else if recipe.excludes.contains(.seen), interest.weight > 0 {
        candidates.refuse(interest.item)
      }
    }
  }

  /// The bounds that the page's own item sets.
  private func restrict(by current: UInt32, _ recipe: Recipe, _ base: BaseSnapshot) {
    if recipe.isCategoryOnly, let category = base.category(of: current) { candidates.filter.admitOnly(category, base) }
    guard let price = base.price(of: current) else { return }
    func share(_ hundredths: UInt16) -> UInt32 {
      UInt32(truncatingIfNeeded: min(UInt64(UInt32.max), UInt64(price) &* UInt64(hundredths) / 100))
    }
    candidates.filter.admitPrices(share(recipe.priceFrom), recipe.priceTo == 0 ? .max : share(recipe.priceTo), base)
  }

  @inline(never)
  private func refuse(_ item: UInt32, withGroup: Bool, _ base: BaseSnapshot) {
    if withGroup { candidates.filter.excludeGroup(of: item, base) }
    candidates.refuse(item)
  }

  /// What is pinned is a candidate even where no source names it, if it may be shown.
  func addPins(_ base: BaseSnapshot) {
    for index in adjustments.pins.indices {
      let key = adjustments.pins[index].key
      if key.kind == .item, key.value < base.shown { _ = candidates.place(key.value) }
    }
  }

  /// The best `count` by fixed weights and boosts, and what is pinned.
  func selectShortlist(_ count: Int, _ base: BaseSnapshot) {
    shortlist.select(count, from: candidates)
    if !adjustments.boosts.isEmpty {
      let unit = Adjustments.unit(shortlist.places, candidates)
      for place in candidates.indices { boost(place, unit, base) }
      work &+= UInt32(candidates.count)
      shortlist.select(count, from: candidates)
    }
    for index in adjustments.pins.indices {
      let key = adjustments.pins[index].key
      if key.kind == .item, let place = candidates.find(key.value) { shortlist.include(place) }
    }
  }

  /// Raises and lowers what has been ranked.
  func boostShortlist(_ base: BaseSnapshot) {
    if adjustments.boosts.isEmpty { return }
    let unit = Adjustments.unit(shortlist.places, candidates)
    for index in shortlist.places.indices { boost(Int(shortlist.places[index]), unit, base) }
  }

  @inline(never)
  private func boost(_ place: Int, _ unit: Float, _ base: BaseSnapshot) {
    let raised = candidates[place].score + unit * adjustments.boost(of: candidates[place].item, in: base)
    if raised.isFinite { candidates[place].score = raised }
  }
}

extension Recipe {
  fileprivate func excludes(_ possession: Interests.Possession?) -> Bool {
    switch possession {
    case .bought: excludes.contains(.bought)
    case .inCart: excludes.contains(.inCart)
    default: false
    }
  }
}
