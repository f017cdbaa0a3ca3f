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
    _ context: Context, _ set: borrowing CandidateSet, _ interests: borrowing Interests, _ base: BaseSnapshot
  ) {
    trust = Blend.confidence(interests, base)
    for source in Source.allCases {
      let weight = base.weights.blend(context, source)
      switch source {
      case .nextItem, .boughtTogether, .slist, .twoSteps: setWeight(source, weight * trust / Blend.largest(source, set))
      case .content: setWeight(source, weight * (1 - trust) / Blend.largest(source, set))
      case .popularity: setWeight(source, weight * (1 - trust))
      case .category, .repeats: setWeight(source, weight)
      case .factors, .region, .search: setWeight(source, 0)
      }
    }
  }

  /// Takes in the factors of the shortlist.
  mutating func prepareFactors(
    _ context: Context, _ shortlist: borrowing TopSelection, _ set: borrowing CandidateSet, _ base: BaseSnapshot
  ) {
    var largest: Float = 0
    for index in shortlist.places.indices { largest = max(largest, set[Int(shortlist.places[index])].factors) }
    setWeight(.factors, base.weights.blend(context, .factors) * trust / largest)
  }

  /// A source that names no candidate has nothing to weigh: its largest value is zero.
  private mutating func setWeight(_ source: Source, _ weight: Float) {
    weights[Int(source.rawValue)] = weight.isFinite ? weight : 0
  }

  /// What `source` adds to the score of `candidate`.
  @inline(__always)
  func part(_ source: Source, of candidate: borrowing Candidate) -> Float {
    let part = weights[Int(source.rawValue)] * Blend.value(source, of: candidate)
    // 0 · infinity, in a hostile snapshot: a NaN has no place in an order.
    return part.isFinite ? part : 0
  }

  func score(_ candidate: borrowing Candidate) -> Float {
    var score: Float = 0
    for source in Source.allCases { score = score + part(source, of: candidate) }
    return score
  }

  /// What `source` says, before any weight.
  @inline(__always)
  private static func value(_ source: Source, of candidate: borrowing Candidate) -> Float {
    switch source {
    case .nextItem: candidate[.nextItem].sum
    case .boughtTogether: candidate[.boughtTogether].sum
    case .slist: candidate[.slist].sum
    case .content: candidate[.content].sum
    case .twoSteps: candidate[.twoSteps].sum
    case .factors: max(0, candidate.factors)
    // Popularity, category and repeats are shares already.
    case .popularity: candidate.popularity
    case .category: candidate.isInCategory ? 1 : 0
    case .repeats: candidate.repeats == Candidate.isNew ? 0 : 1 / Float(Int32(candidate.repeats) &+ 1)
    // A match is no share of a score: it comes before all.
    case .region, .search: 0
    }
  }

  private static func largest(_ source: Source, _ set: borrowing CandidateSet) -> Float {
    var largest: Float = 0
    for index in set.indices { largest = max(largest, value(source, of: set[index])) }
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
