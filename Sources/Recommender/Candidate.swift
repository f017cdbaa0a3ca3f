/// The two kinds of item lists.
enum ListKind {
  case nextItem, boughtTogether
}

/// What the lists of one kind say of a candidate.
struct ListEvidence: BitwiseCopyable {
  /// Σ over the session's items of weight · the candidate's weight in the item's list.
  var sum: Float = 0
  /// The largest part of `sum`, and the place in the session of the item that it came from.
  var largest: Float = 0
  var from: UInt8 = 0

  @inline(__always)
  mutating func add(_ part: Float, from place: Int) {
    sum = sum + part
    if part > largest {
      largest = part
      from = UInt8(truncatingIfNeeded: place)
    }
  }
}

/// An item that may be answered, with what each source says of it.
struct Candidate: BitwiseCopyable {
  let item: UInt32
  private(set) var nextItem = ListEvidence()
  private(set) var boughtTogether = ListEvidence()
  /// The session's factors times the item's.
  var factors: Float = 0
  /// A share in (0.5, 1] of the list that named it first, halved with each rung of the ladder: the ladder's order, in one number.
  private(set) var popularity: Float = 0
  private(set) var rung = Rung.everywhere
  var isInCategory = false
  var score: Float = 0

  init(item: UInt32) { self.item = item }

  @inline(__always)
  mutating func add(_ part: Float, from place: Int, in kind: ListKind) {
    switch kind {
    case .nextItem: nextItem.add(part, from: place)
    case .boughtTogether: boughtTogether.add(part, from: place)
    }
  }

  /// The first rung that names an item is its own: later ones say less.
  @inline(__always)
  mutating func stand(on rung: Rung, _ popularity: Float) {
    guard self.popularity == 0 else { return }
    self.popularity = popularity
    self.rung = rung
  }

  /// What `source` says, before any weight.
  @inline(__always)
  func value(_ source: Source) -> Float {
    switch source {
    case .nextItem: nextItem.sum
    case .boughtTogether: boughtTogether.sum
    case .factors: max(0, factors)
    case .popularity: popularity
    case .category: isInCategory ? 1 : 0
    }
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
