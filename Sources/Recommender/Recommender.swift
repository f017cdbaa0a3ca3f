import Bytes
import Session
import SnapshotFormat

/// An item of the answer, and why it is there.
public struct Recommendation: BitwiseCopyable {
  public let item: UInt32
  /// By the ranker, or by fixed weights. Adjustments and diversity change the order, not the score.
  public let score: Float
  /// What gave it its place. What is pinned or sponsored has source and score as ranked.
  public let slot: Slot
  /// The source with the largest part of the score.
  public let source: Source
  /// For lists, factors and repeats: the session's item that spoke most for this one.
  public let because: UInt32?
  /// For popularity: the rung of the fallback ladder.
  public let rung: Rung
  /// For search: which of the query's terms said most.
  public let term: UInt8
}

/// The scorer: open snapshots, and the workspace of one request at a time. Data flows one way: session → interests →
/// candidates → shortlist → features → scores → adjustments → selection, with the reason of each item read off its largest part.
public final class Recommender {
  /// Candidates that are ranked, where an answer does not ask for more. Measured on Serenade's toy sessions (three days held out
  /// in turn), HitRate@20 / MRR@20: .637/.350 with 64, the same with 128 at twice the time.
  static let shortlistMin = 64

  public private(set) var snapshots = Snapshots()
  private(set) var interests = Interests()
  let candidates = CandidateSet()
  var adjustments = Adjustments()
  private var search = SearchSource()
  private var twoSteps = TwoSteps()
  var factors = FactorSource()
  private var blend = Blend()
  var shortlist = TopSelection()
  private var features = FeatureTable()
  /// By row of the shortlist.
  private var scores = FixedArray<Float>(capacity: TopSelection.capacity)
  /// The shortlist, best first.
  var order = TopSelection()
  private var selection = Selection()
  private var parts = SourceParts()
  public private(set) var answer = FixedArray<Recommendation>(capacity: Query.limitMax)
  /// The visitor's segment in the last request; nil where the session says too little.
  public private(set) var segment: Int?
  /// What the shop's rules make of the last request.
  public private(set) var rules = RuleEngine(nil)
  /// Entries and candidates touched by the last request: a measure of its cost that needs no clock.
  public internal(set) var work: UInt32 = 0

  @inline(never)
  public init() {}

  public func open(_ kind: FileKind, _ bytes: ByteView) throws(SnapshotError) {
    try snapshots.open(kind, bytes)
    if kind == .base { rules = RuleEngine(snapshots.base?.rules) }
  }

  /// Items that matched the last request's search, as far as they are looked at.
  public var matches: Int { search.count }

  /// Fills `answer` for `query`. Without a base there is no answer; with one there is at least one item while any may
  /// be shown, is admitted and is not refused, within the work that `PopularityLadder.trafficMax` bounds.
  public func recommend(_ query: borrowing Query, for session: borrowing Session) {
    answer.removeAll()
    work = 0
    segment = nil
    guard let base = snapshots.base else { return }
    let recipe = query.recipe(base)
    adjustments.removeAll()
    for index in query.adjustments.indices { adjustments.append(query.adjustments[index]) }
    let region = collect(query, recipe, session, base)
    // A ranker has learned from sessions; where there is none, it knows nothing.
    let ranker = interests.newest == nil ? nil : base.ranker(query.context, showsItem: query.showsItem)
    if ranker != nil { features.fill(shortlist, candidates, interests, base, region) }
    rank(by: ranker, query, base)
    boostShortlist(base)
    putMatchesFirst()
    // Where nothing but the score decides, nobody asks for the rest.
    let isPlain = !recipe.isSelective(base) && adjustments.pins.isEmpty
    order.select(isPlain ? query.limit : shortlist.places.count, of: shortlist, from: candidates)
    selection.choose(query.limit, of: order, in: candidates, recipe, adjustments.pins, &factors, base)
    for rank in selection.choices.indices {
      let choice = selection.choices[rank]
      answer.append(explain(Int(choice.place), choice.slot, ranker, base))
    }
  }

  // MARK: Candidates and shortlist

  /// - Returns: the region that serves the visitor.
  private func collect(
    _ query: borrowing Query, _ recipe: Recipe, _ session: borrowing Session, _ base: BaseSnapshot
  ) -> RegionSnapshot? {
    interests.resolve(session, current: query.currentItem, history: base.history(of: query.user), in: base)
    segment = base.segments?.segment(of: interests, in: base)
    if let table = base.rules {
      rules.evaluate(
        table, session, interests, query.request, cluster: segment, pause: base.sessionPause, in: base)
      for index in rules.adjustments.indices { adjustments.append(rules.adjustments[index]) }
    }
    adjustments.append(base.recipes.adjustments(query.context))
    candidates.removeAll()
    restrict(query, recipe, base)
    // Before all sources, so that there is room.
    addPins(base)
    search.removeAll()
    if base.weights.blend(query.context, .search) > 0 { search.add(query, in: base, to: candidates) }
    work &+= search.work
    if base.weights.blend(query.context, .repeats) > 0 { addRepeats(base) }
    for kind in ListKind.allCases { work &+= ListSource.add(kind, of: interests, in: base, to: candidates) }
    if base.weights.blend(query.context, .twoSteps) > 0 {
      work &+= twoSteps.add(of: interests, in: base, to: candidates)
    }
    let category = category(query, base)
    let region = snapshots.region(serving: query.region)
    let ladder = PopularityLadder(
      base: base, region: region, parent: snapshots.parent(of: region), category: category,
      segment: segmentList(base), answersToCome: query.answersToCome)
    let isSelective = recipe.isSelective(base)
    work &+= ladder.add(to: candidates, wanted: isSelective ? TopSelection.capacity : max(2 * query.limit, 40))
    if let category { base.markItems(of: candidates, in: category) }
    blend.prepare(query.context, candidates, interests, base)
    blend.score(candidates)
    work &+= UInt32(candidates.count)
    let wanted =
      isSelective ? TopSelection.capacity &- adjustments.pins.count : max(Recommender.shortlistMin, query.limit)
    selectShortlist(wanted, base)
    work &+= factors.score(shortlist, in: candidates, for: interests, base)
    return region
  }

  /// People look at things again: what the session holds may be answered.
  private func addRepeats(_ base: BaseSnapshot) {
    for place in interests.items.indices {
      let (item, weight) = (interests.items[place].item, interests.items[place].weight)
      // What was only shown, or was taken out of the cart, was not looked at; and of a former visit nobody has asked.
      guard weight > 0, interests.items[place].events > 0, item < base.shown, let index = candidates.place(item) else {
        continue
      }
      candidates[index].repeats = UInt8(truncatingIfNeeded: place)
    }
  }

  /// The page's category, or that of the item it shows, or that of the newest item in the session.
  private func category(_ query: borrowing Query, _ base: BaseSnapshot) -> UInt16? {
    if let category = query.category { return category }
    guard let item = query.currentItem ?? interests.newest?.item else { return nil }
    return base.category(of: item)
  }

  // MARK: Scores

  private func rank(by ranker: Ranker?, _ query: borrowing Query, _ base: BaseSnapshot) {
    if ranker == nil {
      blend.prepareFactors(query.context, shortlist, candidates, base)
      blend.score(candidates)
    }
    scores.removeAll()
    ranker?.score(features, shortlist.places.count, into: &scores)
    for row in shortlist.places.indices {
      let place = Int(shortlist.places[row])
      candidates[place].row = UInt8(truncatingIfNeeded: row)
      if ranker == nil { scores.append(candidates[place].score) } else { candidates[place].score = scores[row] }
    }
    if ranker != nil { work &+= UInt32(shortlist.places.count) }
  }

  /// Whatever else speaks for them, items that match more of a search come before those that match less.
  private func putMatchesFirst() {
    var largest: Float = 1
    for row in shortlist.places.indices { largest = max(largest, candidates[Int(shortlist.places[row])].score) }
    for row in shortlist.places.indices {
      let place = Int(shortlist.places[row])
      let match = Float(candidates[place].match)
      if match > 0 { candidates[place].score = candidates[place].score + 2 * match * largest }
    }
  }

  // MARK: Reasons

  private func explain(
    _ place: Int, _ slot: Slot, _ ranker: Ranker?, _ base: BaseSnapshot
  ) -> Recommendation {
    let candidate = candidates[place]
    if candidate.match > 0 {
      return Recommendation(
        item: candidate.item, score: candidate.score, slot: slot, source: .search, because: nil, rung: candidate.rung,
        term: candidate.term)
    }
    parts.removeAll()
    if let ranker {
      ranker.attribute(features.row(Int(candidate.row)), to: &parts)
    } else {
      for source in Source.allCases { parts[source] = blend.part(source, of: place, candidates) }
    }
    var source = Source.popularity
    for other in Source.allCases where parts[other] > parts[source] {
      // A ranker may count for an item what a source does not say of it; that is no reason.
      if names(other, place, ranker) { source = other }
    }
    return Recommendation(
      item: candidate.item, score: scores[Int(candidate.row)], slot: slot, source: source,
      because: origin(source, place, base).map { interests.items[$0].item },
      rung: candidate.popularity > 0 ? candidate.rung : .traffic, term: 0)
  }

  /// Whether `source` says anything for the candidate at `place`.
  private func names(_ source: Source, _ place: Int, _ ranker: Ranker?) -> Bool {
    if let kind = Evidence(source) { return candidates[place, kind].sum > 0 }
    let candidate = candidates[place]
    switch source {
    case .repeats: return candidate.repeats != Candidate.isNew
    case .factors: return candidate.factors > 0
    case .category where ranker == nil: return candidate.isInCategory
    case .category: return features.matches(Int(candidate.row))
    case .region where ranker == nil: return false
    case .region: return features.row(Int(candidate.row))[Feature.regionLift] > 1
    // What matches has said so before.
    case .search: return false
    default: return true
    }
  }

  /// The place in the session of the item that spoke most for the candidate at `place` through `source`.
  private func origin(_ source: Source, _ place: Int, _ base: BaseSnapshot) -> Int? {
    if let kind = Evidence(source) {
      let evidence = candidates[place, kind]
      return evidence.sum > 0 ? Int(evidence.from) : nil
    }
    switch source {
    case .factors: return factors.largestPart(of: candidates[place].item, for: interests, in: base)
    case .repeats: return candidates[place].repeats == Candidate.isNew ? nil : Int(candidates[place].repeats)
    default: return nil
    }
  }
}

/// What the ranker sees of the last request, for learning it.
extension Recommender {
  /// Fills the feature table as a ranker would find it.
  public func prepareFeatures(_ query: borrowing Query, for session: borrowing Session) {
    guard let base = snapshots.base else { return }
    adjustments.removeAll()
    // A shop's wishes are no evidence of what visitors want: the plain recipe.
    let region = collect(query, Recipe(), session, base)
    features.fill(shortlist, candidates, interests, base, region)
  }

  public var shortlistCount: Int { shortlist.places.count }

  /// The item in row `row` of the feature table.
  public func shortlisted(_ row: Int) -> UInt32 { candidates[Int(shortlist.places[row])].item }

  /// The value of `feature` in that row.
  public func feature(_ feature: Int, _ row: Int) -> Float { features.row(row)[feature] }
}
