import SnapshotFormat

/// What lists say of an item: the four kinds of list, and two steps along the first. Raw values of the first four are
/// those of `ListKind`.
enum Evidence: Int, CaseIterable {
  case slist = 0
  case nextItem = 1
  case boughtTogether = 2
  case content = 3
  case twoSteps = 4

  static let count = 5

  init(_ kind: ListKind) {
    self =
      switch kind {
      case .nextItem: .nextItem
      case .boughtTogether: .boughtTogether
      case .slist: .slist
      case .content: .content
      }
  }

  var source: Source {
    switch self {
    case .nextItem: .nextItem
    case .boughtTogether: .boughtTogether
    case .slist: .slist
    case .content: .content
    case .twoSteps: .twoSteps
    }
  }

  /// Nil for a source that is no list.
  init?(_ source: Source) {
    switch source {
    case .nextItem: self = .nextItem
    case .boughtTogether: self = .boughtTogether
    case .slist: self = .slist
    case .content: self = .content
    case .twoSteps: self = .twoSteps
    default: return nil
    }
  }
}

/// What the lists of one kind say of a candidate.
struct ListEvidence: BitwiseCopyable {
  /// Σ over the session's items of weight · the candidate's weight in the item's list.
  var sum: Float = 0
  /// The part of `sum` that comes from the newest item.
  var newest: Float = 0
  /// The largest part of `sum`, and the place in the session of the item that it came from.
  var largest: Float = 0
  var from: UInt8 = 0
  /// The lists that name the candidate: one of each of the session's items, or, for two steps, of each first step.
  var count: UInt8 = 0
  /// The place that the last part came from, and its parts so far.
  private var current: UInt8 = 0
  private var own: Float = 0

  /// Adds what the item at `place` says; `isNewest` where it is the newest that says anything. Parts of one item may come one
  /// after the other.
  @inline(__always)
  mutating func add(_ part: Float, from place: Int, isNewest: Bool) {
    sum = sum + part
    if isNewest { newest = newest + part }
    let isSame = count > 0 && place == Int(current)
    own = isSame ? own + part : part
    count &+= 1
    current = UInt8(truncatingIfNeeded: place)
    if own > largest {
      largest = own
      from = current
    }
  }
}

/// An item that may be answered, with what each source says of it; the lists' part stands beside it in the set, so that this one stays
/// small enough to be passed around.
struct Candidate: BitwiseCopyable {
  /// Stands in `repeats` for an item that the session does not hold.
  static let isNew = UInt8.max

  let item: UInt32
  /// The place in the session of the same item, distinct items back from the newest.
  var repeats = Candidate.isNew
  /// The session's factors times the item's.
  var factors: Float = 0
  /// A share in (0.5, 1] of the list that named it first, halved with each rung of the ladder: the ladder's order, in one number.
  private(set) var popularity: Float = 0
  private(set) var rung = Rung.everywhere
  var isInCategory = false
  /// The rank of its match among those of a search, from 1; 0 where it does not match.
  var match: UInt16 = 0
  /// The query's term that says most in the match.
  var term: UInt8 = 0
  var score: Float = 0
  /// The row of the feature table, where it is on the shortlist.
  var row: UInt8 = 0

  init(item: UInt32) { self.item = item }

  /// The first rung that names an item is its own: later ones say less.
  @inline(__always)
  mutating func stand(on rung: Rung, _ popularity: Float) {
    guard self.popularity == 0 else { return }
    self.popularity = popularity
    self.rung = rung
  }
}

/// The fallback ladder: where a list of popular items comes from. Raw values grow with the distance from the visitor.
public enum Rung: UInt8, BitwiseCopyable, Sendable {
  case categoryInRegion = 0
  case categoryEverywhere = 1
  case segment = 2
  case region = 3
  case parentRegion = 4
  case everywhere = 5
  /// No list at all: the next items in order of traffic.
  case traffic = 6

  public var name: StaticString {
    switch self {
    case .categoryInRegion: "category_in_region"
    case .categoryEverywhere: "category"
    case .segment: "segment"
    case .region: "region"
    case .parentRegion: "parent_region"
    case .everywhere: "everywhere"
    case .traffic: "traffic"
    }
  }
}
