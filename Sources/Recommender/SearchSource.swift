import Bytes
import SnapshotFormat

/// Items that match a query's terms. The postings of all terms are walked side by side in order of item numbers, so that
/// an item's whole match is known when it is met, and of equal matches the item with more traffic is met first. A match is the sum
/// of the weights of the terms in it: an item that matches more of the query always has more.
struct SearchSource: ~Copyable {
  /// Terms of the index that are looked at: the query's own, and as many as there is room for of those that the last one begins.
  private static let walksMax = Query.termsMax + 32
  /// Items that are kept, the best matches.
  private static let matchesMax = 512
  /// Postings read for one query: bounds the work where terms are common.
  private static let postingsMax: UInt32 = 1 << 15

  /// The postings of one term of the index.
  private struct Walk: BitwiseCopyable {
    var postings: TermPostings.Iterator
    /// The item that stands next; `UInt32.max` at the end.
    var item: UInt32
    let weight: UInt32
    /// Which term of the query it stands for.
    let term: UInt8
  }

  private struct Match: BitwiseCopyable {
    let item: UInt32
    let weight: UInt32
    /// The rarest term that the item matches.
    let term: UInt8
  }

  private var walks = FixedArray<Walk>(capacity: SearchSource.walksMax)
  /// Best first; of equal weights in order of traffic.
  private var matches = FixedArray<Match>(capacity: SearchSource.matchesMax)
  private(set) var work: UInt32 = 0

  /// Items that matched, as far as they are kept.
  var count: Int { matches.count }

  mutating func removeAll() {
    matches.removeAll()
    work = 0
  }

  /// Takes the matches of `query` into `set`, each with the rank of its match.
  mutating func add(_ query: borrowing Query, in base: BaseSnapshot, to set: CandidateSet) {
    guard let index = base.terms else { return }
    open(query, index)
    walk(base, set)
    // Ranks go up from the last match, so that the best has the most.
    var rank: UInt16 = 0
    var place = matches.count
    while place > 0 {
      place &-= 1
      let match = matches[place]
      if place &+ 1 == matches.count || matches[place &+ 1].weight < match.weight { rank &+= 1 }
      guard let index = set.place(match.item) else { continue }
      set[index].match = rank
      set[index].term = match.term
    }
  }

  // MARK: Postings

  /// Opens the rows of all terms: the word itself and, for the last one, the words that it begins. Beside a whole word these count
  /// half as much as it does.
  private mutating func open(_ query: borrowing Query, _ index: TermIndex) {
    walks.removeAll()
    for place in query.terms.indices {
      let term = query.terms[place]
      let isLast = place &+ 1 == query.terms.count
      var row = index.firstRow(from: term)
      var most = UInt32.max
      while row < index.count, !walks.isFull {
        let text = index.term(row)
        let isWhole = text.count == term.count
        guard isWhole || isLast, text.prefix(term.count).equals(term) else { break }
        if var postings = index.postings(row) {
          let weight = min(most, postings.weight)
          if isWhole { most = weight / 2 }
          let first = postings.nextItem() ?? .max
          walks.append(Walk(postings: postings, item: first, weight: weight, term: UInt8(truncatingIfNeeded: place)))
        }
        row &+= 1
      }
    }
  }

  private mutating func walk(_ base: BaseSnapshot, _ set: CandidateSet) {
    while work < SearchSource.postingsMax {
      var item = UInt32.max
      for place in walks.indices { item = min(item, walks[place].item) }
      // Only a damaged list names items that are not shown.
      guard item < base.shown, base.affords(walks.count / 4) else { return }
      let match = match(item)
      if !set.isRefused(item) { keep(match) }
    }
  }

  /// The match of `item`, and a step on in all that name it. Walks of one query term stand side by side, and count once: as the
  /// one with most weight.
  private mutating func match(_ item: UInt32) -> Match {
    var (sum, best, counted) = (0 as UInt32, 0 as UInt32, 0 as UInt32)
    var (rarest, last) = (0 as UInt8, UInt8.max)
    for place in walks.indices where walks[place].item == item {
      work &+= 1
      let (weight, term) = (walks[place].weight, walks[place].term)
      walks[place].item = walks[place].postings.nextItem() ?? .max
      if term != last { counted = 0 }
      last = term
      if weight > counted {
        sum &+= weight &- counted
        counted = weight
      }
      if weight > best { (best, rarest) = (weight, term) }
    }
    return Match(item: item, weight: sum, term: rarest)
  }

  private mutating func keep(_ match: Match) {
    var place = matches.count
    while place > 0, matches[place &- 1].weight < match.weight { place &-= 1 }
    if place == SearchSource.matchesMax { return }
    if matches.isFull { matches.truncate(to: SearchSource.matchesMax &- 1) }
    matches.insert(match, at: place)
  }
}
