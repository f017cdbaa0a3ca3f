import Bytes
import Session
import SnapshotFormat

/// An item of the answer, and why it is there.
public struct Recommendation: BitwiseCopyable {
  public let item: UInt32
  public let score: Float
  /// The source with the largest part of the score.
  public let source: Source
  /// For lists, factors and repeats: the session's item that spoke most for this one.
  public let because: UInt32?
  /// For popularity: the rung of the fallback ladder.
  public let rung: Rung
}

/// The scorer: open snapshots, and the workspace of one request at a time. Data flows one way: session → interests →
/// candidates → shortlist → features → scores → selection, with the reason of each item read off its largest part.
public struct Recommender: ~Copyable {
  /// Candidates that are ranked, where an answer does not ask for more. Measured on Serenade's toy sessions (three days held out
  /// in turn), HitRate@20 / MRR@20: .637/.350 with 64, the same with 128 at twice the time.
  static let shortlistMin = 64

  public private(set) var snapshots = Snapshots()
  private var interests = Interests()
  private var candidates = CandidateSet()
  private var twoSteps = TwoSteps()
  private var factors = FactorSource()
  private var blend = Blend()
  private var shortlist = TopSelection()
  private var features = FeatureTable()
  private var selection = TopSelection()
  /// By raw value of `Source`: what each has added to a score.
  private var parts = FixedArray<Float>(repeating: 0, count: Source.count)
  public private(set) var answer = FixedArray<Recommendation>(capacity: Query.limitMax)
  /// The visitor's segment in the last request; nil where the session says too little.
  public private(set) var segment: Int?
  /// What the shop's rules make of the last request.
  public private(set) var rules = RuleEngine(nil)
  /// Entries and candidates touched by the last request: a measure of its cost that needs no clock.
  public private(set) var work: UInt32 = 0

  @inline(never)
  public init() {}

  public mutating func open(_ kind: FileKind, _ bytes: ByteView) throws(SnapshotError) {
    try snapshots.open(kind, bytes)
    if kind == .base { rules = RuleEngine(snapshots.base?.rules) }
  }

  /// Fills `answer` for `query`. Without a base there is no answer; with one there is at least one item while any may
  /// be shown and is neither excluded nor taken.
  public mutating func recommend(_ query: borrowing Query, for session: borrowing Session) {
    answer.removeAll()
    work = 0
    segment = nil
    guard let base = snapshots.base else { return }
    let region = collect(query, session, base)
    // A ranker has learned from sessions; where there is none, it knows nothing.
    let ranker = interests.newest == nil ? nil : base.ranker(query.context, showsItem: query.showsItem)
    if let ranker {
      features.fill(shortlist, candidates, interests, base, region)
      rank(by: ranker)
    } else {
      rankByBlend(query, base)
    }
    selection.select(query.limit, of: shortlist, from: candidates)
    for rank in selection.places.indices {
      answer.append(explain(candidates[Int(selection.places[rank])], ranker, base))
    }
  }

  // MARK: Candidates and shortlist

  /// - Returns: the region that serves the visitor.
  private mutating func collect(
    _ query: borrowing Query, _ session: borrowing Session, _ base: BaseSnapshot
  ) -> RegionSnapshot? {
    interests.resolve(session, current: query.currentItem, in: base)
    segment = base.segments?.segment(of: interests, in: base)
    if let table = base.rules {
      rules.evaluate(
        table, session, interests, query.request, cluster: segment, pause: base.sessionPause, in: base)
    }
    candidates.removeAll()
    refuse(query)
    if base.weights.blend(query.context, .repeats) > 0 { addRepeats(base) }
    for kind in ListKind.allCases { work &+= ListSource.add(kind, of: interests, in: base, to: &candidates) }
    if base.weights.blend(query.context, .twoSteps) > 0 {
      work &+= twoSteps.add(of: interests, in: base, to: &candidates)
    }
    let category = category(query, base)
    let region = snapshots.region(serving: query.region)
    let ladder = PopularityLadder(
      base: base, region: region, parent: snapshots.parent(of: region), category: category,
      segment: segmentList(base))
    work &+= ladder.add(to: &candidates, wanted: max(2 * query.limit, 40))
    if let category {
      for index in candidates.indices {
        candidates[index].isInCategory = base.isItem(candidates[index].item, in: category)
      }
    }
    blend.prepare(query.context, candidates, interests, base)
    for index in candidates.indices { candidates[index].score = blend.score(candidates[index]) }
    work &+= UInt32(candidates.count)
    shortlist.select(max(Recommender.shortlistMin, query.limit), from: candidates)
    work &+= factors.score(shortlist, in: &candidates, for: interests, base)
    return region
  }

  private mutating func refuse(_ query: borrowing Query) {
    if let current = query.currentItem { candidates.refuse(current) }
    for index in query.excluded.indices { candidates.refuse(query.excluded[index]) }
    for place in interests.items.indices where interests.items[place].isTaken == true {
      candidates.refuse(interests.items[place].item)
    }
  }

  /// People look at things again: what the session holds may be answered.
  private mutating func addRepeats(_ base: BaseSnapshot) {
    for place in interests.items.indices {
      let (item, weight) = (interests.items[place].item, interests.items[place].weight)
      // What was only shown, or was taken out of the cart, was not looked at.
      guard weight > 0, item < base.shown, let index = candidates.place(item) else { continue }
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

  private mutating func rank(by ranker: Ranker) {
    for row in shortlist.places.indices {
      let place = Int(shortlist.places[row])
      candidates[place].row = UInt8(truncatingIfNeeded: row)
      candidates[place].score = ranker.score(features.row(row))
    }
    work &+= UInt32(shortlist.places.count)
  }

  private mutating func rankByBlend(_ query: borrowing Query, _ base: BaseSnapshot) {
    blend.prepareFactors(query.context, shortlist, candidates, base)
    for row in shortlist.places.indices {
      let place = Int(shortlist.places[row])
      candidates[place].score = blend.score(candidates[place])
    }
  }

  // MARK: Reasons

  private mutating func explain(_ candidate: Candidate, _ ranker: Ranker?, _ base: BaseSnapshot) -> Recommendation {
    for source in parts.indices { parts[source] = 0 }
    if let ranker {
      ranker.attribute(features.row(Int(candidate.row)), to: &parts)
    } else {
      for source in Source.allCases { parts[Int(source.rawValue)] = blend.part(source, of: candidate) }
    }
    var source = Source.popularity
    for other in Source.allCases where parts[Int(other.rawValue)] > parts[Int(source.rawValue)] {
      // A ranker may count for an item what a source does not say of it; that is no reason.
      if names(other, candidate, ranker) { source = other }
    }
    return Recommendation(
      item: candidate.item, score: candidate.score, source: source,
      because: place(source, candidate, base).map { interests.items[$0].item },
      rung: candidate.popularity > 0 ? candidate.rung : .traffic)
  }

  /// Whether `source` says anything for `candidate`.
  private func names(_ source: Source, _ candidate: borrowing Candidate, _ ranker: Ranker?) -> Bool {
    for kind in Evidence.allCases where kind.source == source { return candidate[kind].sum > 0 }
    switch source {
    case .repeats: return candidate.repeats != Candidate.isNew
    case .factors: return candidate.factors > 0
    case .category where ranker == nil: return candidate.isInCategory
    case .category: return features.matches(Int(candidate.row))
    case .region where ranker == nil: return false
    case .region: return features.row(Int(candidate.row))[Feature.regionLift] > 1
    default: return true
    }
  }

  /// The place in the session of the item that spoke most for `candidate` through `source`.
  private func place(_ source: Source, _ candidate: borrowing Candidate, _ base: BaseSnapshot) -> Int? {
    for kind in Evidence.allCases where kind.source == source {
      return candidate[kind].sum > 0 ? Int(candidate[kind].from) : nil
    }
    switch source {
    case .factors: return factors.largestPart(of: candidate.item, for: interests, in: base)
    case .repeats: return candidate.repeats == Candidate.isNew ? nil : Int(candidate.repeats)
    default: return nil
    }
  }
}

/// What the ranker sees of the last request, for learning it.
extension Recommender {
  /// Fills the feature table as a ranker would find it.
  public mutating func prepareFeatures(_ query: borrowing Query, for session: borrowing Session) {
    guard let base = snapshots.base else { return }
    let region = collect(query, session, base)
    features.fill(shortlist, candidates, interests, base, region)
  }

  public var shortlistCount: Int { shortlist.places.count }

  /// The item in row `row` of the feature table, and its `Feature.count` values.
  public func shortlisted(_ row: Int) -> (item: UInt32, features: UnsafePointer<Float>) {
    (candidates[Int(shortlist.places[row])].item, features.row(row))
  }
}
