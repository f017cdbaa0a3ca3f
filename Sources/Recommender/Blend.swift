import Bytes
import SnapshotFormat

/// The scores of all sources, made one: each source divided by its largest value among the candidates, weighed by context, and
/// collaborative evidence trusted by its confidence α:
///
///     score = α · (next + together + factors) + (1 − α) · popularity + category
///
/// α is the weighted mean of the session items' confidence n / (n + β), which the builder has worked out for each item
/// from the n sessions that it was seen in. Without a session α is 0: pure popularity.
struct Blend: ~Copyable {
  /// By raw value of `Source`.
  private var weights = FixedArray<Float>(repeating: 0, count: 5)

  /// Looks at all candidates for the largest values.
  mutating func prepare(
    _ context: Context, _ set: borrowing CandidateSet, _ interests: borrowing Interests, _ base: BaseSnapshot
  ) {
    let trust = Blend.confidence(interests, base)
    for source in Source.allCases {
      var weight = base.weights.blend(context, source)
      switch source {
      case .nextItem, .boughtTogether, .factors: weight = weight / Blend.largest(source, set) * trust
      case .popularity: weight = weight * (1 - trust)
      case .category: break
      }
      // Popularity and category are shares already. A source that names no candidate has nothing to weigh.
      weights[Int(source.rawValue)] = weight.isFinite ? weight : 0
    }
  }

  /// What `source` adds to the score of `candidate`.
  @inline(__always)
  func part(_ source: Source, of candidate: Candidate) -> Float {
    let part = weights[Int(source.rawValue)] * candidate.value(source)
    // 0 · infinity, in a hostile snapshot: a NaN has no place in an order.
    return part.isFinite ? part : 0
  }

  func score(_ candidate: Candidate) -> Float {
    part(.nextItem, of: candidate) + part(.boughtTogether, of: candidate) + part(.factors, of: candidate)
      + part(.popularity, of: candidate) + part(.category, of: candidate)
  }

  private static func largest(_ source: Source, _ set: borrowing CandidateSet) -> Float {
    var largest: Float = 0
    for index in 0..<set.count { largest = max(largest, set[index].value(source)) }
    return largest
  }

  private static func confidence(_ interests: borrowing Interests, _ base: BaseSnapshot) -> Float {
    let confidence = base.column(.confidence)
    var sum: Float = 0
    var total: Float = 0
    for place in 0..<interests.items.count {
      let interest = interests.items[place]
      sum = sum + interest.weight * Float(confidence.u8(interest.item))
      total = total + interest.weight
    }
    return total > 0 ? sum / total * (1 / 255 as Float) : 0
  }
}
