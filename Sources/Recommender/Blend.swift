import Bytes

/// The scores of all sources, made one: each source divided by its largest value among the candidates, weighed by context, and
/// collaborative evidence trusted by its confidence α:
///
///     score = α · (next + together + factors) + (1 − α) · popularity + category
///
/// α is the weighted mean of the session items' confidence n / (n + β), which the builder has worked out for each item
/// from the n sessions that it was seen in. Without a session α is 0: pure popularity.
struct Blend {
  private var weights = InlineArray<5, Float>(repeating: 0)

  /// Looks at all candidates for the largest values.
  init(
    _ context: Context, _ set: borrowing CandidateSet, _ interests: borrowing Interests, _ base: BaseSnapshot
  ) {
    var largest = InlineArray<5, Float>(repeating: 0)
    for index in 0..<set.count {
      let candidate = set[index]
      for source in 0..<3 { largest[source] = max(largest[source], Blend.value(candidate, source)) }
    }
    // Popularity and category are shares already.
    largest[3] = 1
    largest[4] = 1
    let trust = Blend.confidence(interests, base)
    for source in Source.allCases {
      let place = Int(source.rawValue)
      guard largest[place] > 0 else { continue }
      var weight = base.weights.blend(context, source) / largest[place]
      switch source {
      case .nextItem, .boughtTogether, .factors: weight = weight * trust
      case .popularity: weight = weight * (1 - trust)
      case .category: break
      }
      weights[place] = weight
    }
  }

  /// What each source adds to the score of `candidate`, by raw value of `Source`.
  func parts(_ candidate: Candidate) -> InlineArray<5, Float> {
    var parts = InlineArray<5, Float>(repeating: 0)
    for source in 0..<5 {
      let part = weights[source] * Blend.value(candidate, source)
      // 0 · infinity, in a hostile snapshot: a NaN has no place in an order.
      parts[source] = part.isFinite ? part : 0
    }
    return parts
  }

  func score(_ candidate: Candidate) -> Float {
    let parts = parts(candidate)
    var sum: Float = 0
    for source in 0..<5 { sum = sum + parts[source] }
    return sum
  }

  private static func value(_ candidate: Candidate, _ source: Int) -> Float {
    switch source {
    case 0, 1: candidate.lists[source].sum
    case 2: max(0, candidate.factors)
    case 3: candidate.popularity
    default: candidate.isInCategory ? 1 : 0
    }
  }

  private static func confidence(_ interests: borrowing Interests, _ base: BaseSnapshot) -> Float {
    var sum: Float = 0
    var total: Float = 0
    for place in 0..<interests.items.count {
      let interest = interests.items[place]
      sum = sum + interest.weight * Float(base.confidence.u8(interest.item))
      total = total + interest.weight
    }
    return total > 0 ? sum / total * (1 / 255 as Float) : 0
  }
}
