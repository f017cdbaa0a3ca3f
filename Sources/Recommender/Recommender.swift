import Bytes
import Session
import SnapshotFormat

/// An item of the answer, and why it is there.
public struct Recommendation: BitwiseCopyable {
  public let item: UInt32
  public let score: Float
  /// The source with the largest part of the score.
  public let source: Source
  /// For next-item, bought-together and factors: the session's item that spoke most for this one.
  public let because: UInt32?
  /// For popularity: the rung of the fallback ladder.
  public let rung: Rung
}

/// The scorer: open snapshots, and the workspace of one request at a time. Data flows one way: session → interests →
/// candidates → scores → selection, with the reason of each item read off its largest part.
public struct Recommender: ~Copyable {
  public private(set) var snapshots = Snapshots()
  private var interests = Interests()
  private var candidates = CandidateSet()
  private var factors = FactorSource()
  private var blend = Blend()
  private var selection = TopSelection()
  public private(set) var answer = FixedArray<Recommendation>(capacity: Query.limitMax)
  /// The visitor's segment in the last request; nil where the session says too little.
  public private(set) var segment: Int?
  /// Entries and candidates touched by the last request: a measure of its cost that needs no clock.
  public private(set) var work: UInt32 = 0

  @inline(never)
  public init() {}

  public mutating func open(_ kind: FileKind, _ bytes: ByteView) throws(SnapshotError) {
    try snapshots.open(kind, bytes)
  }

  /// Fills `answer` for `query`. Without a base there is no answer; with one there is at least one item while any may
  /// be shown and is neither excluded nor taken.
  public mutating func recommend(_ query: borrowing Query, for session: borrowing Session) {
    answer.removeAll()
    work = 0
    segment = nil
    guard let base = snapshots.base else { return }
    interests.resolve(session, current: query.currentItem, in: base)
    segment = base.segments?.segment(of: interests, in: base)
    candidates.removeAll()
    refuse(query)
    work &+= ListSource.add(.nextItem, of: interests, in: base, to: &candidates)
    work &+= ListSource.add(.boughtTogether, of: interests, in: base, to: &candidates)
    let category = category(query, base)
    let region = snapshots.region(serving: query.region)
    let ladder = PopularityLadder(
      base: base, region: region, parent: snapshots.parent(of: region), category: category,
      segment: segment.map { base.topList(TopList.row(segment: $0)) } ?? .empty)
    work &+= ladder.add(to: &candidates, wanted: max(2 * query.limit, 40))
    work &+= factors.score(&candidates, for: interests, in: base)
    rank(query, base, category)
  }

  private mutating func refuse(_ query: borrowing Query) {
    if let current = query.currentItem { candidates.refuse(current) }
    for index in query.excluded.indices { candidates.refuse(query.excluded[index]) }
    for place in interests.items.indices where interests.items[place].isTaken == true {
      candidates.refuse(interests.items[place].item)
    }
  }

  /// The page's category, or that of the item it shows, or that of the newest item in the session.
  private func category(_ query: borrowing Query, _ base: BaseSnapshot) -> UInt16? {
    if let category = query.category { return category }
    guard let item = query.currentItem ?? interests.newest?.item else { return nil }
    return base.category(of: item)
  }

  private mutating func rank(_ query: borrowing Query, _ base: BaseSnapshot, _ category: UInt16?) {
    if let category {
      for index in candidates.indices {
        candidates[index].isInCategory = base.isItem(candidates[index].item, in: category)
      }
    }
    blend.prepare(query.context, candidates, interests, base)
    for index in candidates.indices { candidates[index].score = blend.score(candidates[index]) }
    work &+= UInt32(candidates.count)
    selection.select(query.limit, from: candidates)
    for rank in selection.places.indices {
      answer.append(explain(candidates[Int(selection.places[rank])], base))
    }
  }

  private func explain(_ candidate: Candidate, _ base: BaseSnapshot) -> Recommendation {
    var source = Source.popularity
    var largest = blend.part(source, of: candidate)
    for other in Source.allCases {
      let part = blend.part(other, of: candidate)
      if part > largest { (source, largest) = (other, part) }
    }
    let place: Int? =
      switch source {
      case .nextItem: Int(candidate.nextItem.from)
      case .boughtTogether: Int(candidate.boughtTogether.from)
      case .factors: factors.largestPart(of: candidate.item, for: interests, in: base)
      case .popularity, .category: nil
      }
    return Recommendation(
      item: candidate.item, score: candidate.score, source: source, because: place.map { interests.items[$0].item },
      rung: candidate.rung)
  }
}
