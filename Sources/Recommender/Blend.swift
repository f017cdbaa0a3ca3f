import Bytes
import SnapshotFormat

/// The scores of all sources, made one by fixed weights: it chooses the shortlist, and ranks it where there is no learned
/// ranker. Each source is divided by its largest value among the candidates, weighed by context, and collaborative evidence
/// trusted by its confidence α:
///
///     score = α · (next + together + slist + two steps + factors) + (1 − α) · (popularity + content) + repeats + category
///
/// α is the weighted mean of the session items' confidence n / (n + β), which the builder has worked out for each item
/// from the n sessions that it was seen in. Without a session α is 0: pure popularity.
struct Blend: ~Copyable {
  /// By raw value of `Source`.
  private var weights = FixedArray<Float>(repeating: 0, count: Source.count)
  private var trust: Float = 0

  /// Looks at all candidates for the largest values; factors follow once they are known.
  mutating func prepare(
    _ context: Context, _ set: CandidateSet, _ interests: borrowing Interests, _ base: BaseSnapshot
  ) {
    trust = Blend.confidence(interests, base)
    for source in Source.allCases {
      let weight = base.weights.blend(context, source)
      if let kind = Evidence(source) {
        let trust = kind == .content ? 1 - trust : trust
        setWeight(source, weight * trust / Blend.largest(kind, set))
        continue
      }
      switch source {
      case .popularity: setWeight(source, weight * (1 - trust))
      case .category, .repeats: setWeight(source, weight)
      default: setWeight(source, 0)
      }
    }
  }

  /// Takes in the factors of the shortlist.
  mutating func prepareFactors(
    _ context: Context, _ shortlist: borrowing TopSelection, _ set: CandidateSet, _ base: BaseSnapshot
  ) {
    var largest: Float = 0
    for index in shortlist.places.indices { largest = max(largest, set[Int(shortlist.places[index])].factors) }
    setWeight(.factors, base.weights.blend(context, .factors) * trust / largest)
  }

  /// A source that names no candidate has nothing to weigh: its largest value is zero.
  private mutating func setWeight(_ source: Source, _ weight: Float) {
    weights[Int(source.rawValue)] = weight.isFinite ? weight : 0
  }

  /// What `source` adds to the score of the candidate at `place`.
  @inline(never)
  func part(_ source: Source, of place: Int, _ set: CandidateSet) -> Float {
    let part = weights[Int(source.rawValue)] * Blend.value(source, of: place, set)
    // 0 · infinity, in a hostile snapshot: a NaN has no place in an order.
    return part.isFinite ? part : 0
  }

  /// Scores all candidates, one source after the other: most say nothing in a request and cost nothing then.
  func score(_ set: CandidateSet) {
    for place in set.indices { set[place].score = 0 }
    for source in Source.allCases {
      let weight = weights[Int(source.rawValue)]
      if weight == 0 { continue }
      if let kind = Evidence(source) {
        set.score(kind, weight)
      } else {
        for place in set.indices { set[place].score = set[place].score + part(source, of: place, set) }
      }
    }
  }

  /// What `source` says, before any weight.
  @inline(__always)
  private static func value(_ source: Source, of place: Int, _ set: CandidateSet) -> Float {
    if let kind = Evidence(source) { return set[place, kind].sum }
    switch source {
    case .factors: return max(0, set[place].factors)
    // Popularity, category and repeats are shares already.
    case .popularity: return set[place].popularity
    case .category: return set[place].isInCategory ? 1 : 0
    case .repeats: return set[place].repeats == Candidate.isNew ? 0 : 1 / Float(Int32(set[place].repeats) &+ 1)
    // Regional lifts are for rankers alone, and a match is no share of a score: it comes before all.
    default: return 0
    }
  }

  @inline(never)
  private static func largest(_ kind: Evidence, _ set: CandidateSet) -> Float {
    var largest: Float = 0
    for place in set.indices { largest = max(largest, set[place, kind].sum) }
    return largest
  }

  private static func confidence(_ interests: borrowing Interests, _ base: BaseSnapshot) -> Float {
    let confidence = base.column(.confidence)
    var sum: Float = 0
    var total: Float = 0
    for place in interests.items.indices {
      let interest = interests.items[place]
      sum = sum + interest.weight * Float(confidence.u8(interest.item))
      total = total + interest.weight
    }
    return total > 0 ? min(1, sum / total * (1 / 255 as Float)) : 0
  }
}
