import Bytes

/// The best `limit` of the candidates, kept sorted while all are looked at. Order: a search's match, score, item number; a tie
/// without a rule would let engines differ.
struct TopSelection: ~Copyable {
  static let capacity = 128
  /// Places in the candidate set, best first.
  private(set) var places = FixedArray<UInt16>(capacity: TopSelection.capacity)

  @inline(never)
  @_optimize(speed)
  mutating func select(_ limit: Int, from set: CandidateSet) {
    places.removeAll()
    var bar = -Float.infinity
    // Most candidates end at the bar.
    for place in set.indices where set[place].match > 0 || !(set[place].score < bar) {
      offer(place, limit, set)
      bar = self.bar(limit, set)
    }
  }

  /// The best of those that another selection holds.
  @inline(never)
  mutating func select(_ limit: Int, of others: borrowing TopSelection, from set: CandidateSet) {
    places.removeAll()
    for index in others.places.indices { offer(Int(others.places[index]), limit, set) }
  }

  /// A candidate without a match and with a lower score than this is not among the best.
  private func bar(_ limit: Int, _ set: CandidateSet) -> Float {
    guard places.count >= limit else { return -.infinity }
    guard limit > 0 else { return .infinity }
    let last = Int(places[limit &- 1])
    return set[last].match > 0 ? .infinity : set[last].score
  }

  /// Adds `place`, whatever its score.
  @inline(never)
  mutating func include(_ place: Int) {
    for index in places.indices where Int(places[index]) == place { return }
    places.append(UInt16(truncatingIfNeeded: place))
  }

  @inline(never)
  @_optimize(speed)
  private mutating func offer(_ place: Int, _ limit: Int, _ set: CandidateSet) {
    let isFull = places.count >= limit
    if isFull, limit == 0 || !isBetter(place, Int(places[limit &- 1]), set) { return }
    let rank = rank(of: place, set)
    if isFull { places.truncate(to: limit &- 1) }
    places.insert(UInt16(truncatingIfNeeded: place), at: rank)
  }

  /// How many of those kept are better.
  private func rank(of place: Int, _ set: CandidateSet) -> Int {
    var (low, high) = (0, places.count)
    while low < high {
      let middle = (low &+ high) / 2
      if isBetter(place, Int(places[middle]), set) { high = middle } else { low = middle &+ 1 }
    }
    return low
  }

  @inline(never)
  private func isBetter(_ a: Int, _ b: Int, _ set: CandidateSet) -> Bool {
    let (matchA, matchB) = (set[a].match, set[b].match)
    if matchA != matchB { return matchA > matchB }
    let (scoreA, scoreB) = (set[a].score, set[b].score)
    return scoreA != scoreB ? scoreA > scoreB : set[a].item < set[b].item
  }
}
