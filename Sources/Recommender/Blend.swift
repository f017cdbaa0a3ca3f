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
    let largest = set.largestEvidence()
    for source in Source.allCases {
      let weight = base.weights.blend(context, source)
      if let kind = Evidence(source) {
        let trust = kind == .content ? 1 - trust : trust
        setWeight(source, weight * trust / largest[kind.rawValue])
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
    let value: Float
    if let kind = Evidence(source) {
      value = set[place, kind].sum
    } else {
      value = Blend.value(source, set[place])
    }
    let part = weights[Int(source.rawValue)] * value
    // 0 · infinity, in a hostile snapshot: a NaN has no place in an order.
    return part.isFinite ? part : 0
  }

  /// Scores all candidates: the sum of their parts in the order of sources.
  @inline(never)
  @_optimize(speed)
  func score(_ set: CandidateSet) {
    let (next, together, slist) = (weight(.nextItem), weight(.boughtTogether), weight(.slist))
    let (twoSteps, content, factors) = (weight(.twoSteps), weight(.content), weight(.factors))
    let (popularity, category, repeats) = (weight(.popularity), weight(.category), weight(.repeats))
    for place in set.indices {
      let evidence = set.evidence(of: place)
      let candidate = set[place]
      var score = next * evidence[Evidence.nextItem.rawValue].sum
      score = score + together * evidence[Evidence.boughtTogether.rawValue].sum
      score = score + factors * Blend.value(.factors, candidate)
      score = score + popularity * candidate.popularity
      score = score + category * Blend.value(.category, candidate)
      score = score + slist * evidence[Evidence.slist.rawValue].sum
      score = score + twoSteps * evidence[Evidence.twoSteps.rawValue].sum
      score = score + repeats * Blend.value(.repeats, candidate)
      score = score + content * evidence[Evidence.content.rawValue].sum
      if !score.isFinite {
        score = 0
        for source in Source.allCases { score = score + part(source, of: place, set) }
      }
      set[place].score = score
    }
  }

  private func weight(_ source: Source) -> Float { weights[Int(source.rawValue)] }

  /// What a source that is no list says, before any weight.
  @inline(__always)
  private static func value(_ source: Source, _ candidate: Candidate) -> Float {
    switch source {
    case .factors: max(0, candidate.factors)
    // Popularity, category and repeats are shares already.
    case .popularity: candidate.popularity
    case .category: candidate.isInCategory ? 1 : 0
    case .repeats: candidate.repeats == Candidate.isNew ? 0 : 1 / Float(Int32(candidate.repeats) &+ 1)
    // Regional lifts are for rankers alone, and a match is no share of a score: it comes before all.
    default: 0
    }
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
