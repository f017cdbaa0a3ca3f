import Foundation
import SnapshotFormat

/// A segment in words: what its people are about more than others, in the order of how much it tells them apart, then price level,
/// novelty and rhythm of visits where they differ from everybody's.
struct SegmentDescription: Equatable {
  let code: String
  let name: String

  static func all(
    _ clusters: BehaviourClusters, _ visitors: VisitorBehaviour, topics: [String], asOf: UInt32
  ) -> [SegmentDescription] {
    let everybody = Rhythm(clusters.visitorOfPoint.map { visitors.habits[$0] }, asOf)
    var codes = Set<String>()
    return clusters.clustering.counts.indices.map { cluster in
      let shares = clusters.space.shares(clusters.clustering.sums[cluster])
      let members = clusters.visitorOfPoint.indices.filter { Int(clusters.clustering.assignment[$0]) == cluster }
      let rhythm = Rhythm(members.map { visitors.habits[clusters.visitorOfPoint[$0]] }, asOf)
      let traits = Traits(shares, clusters.space, topics)
      let words = [traits.subject] + traits.adjectives + [rhythm.words(everybody)].compactMap { $0 }
      return SegmentDescription(code: unique(traits.code, &codes), name: words.joined(separator: ", "))
    }
  }

  private static func unique(_ code: String, _ taken: inout Set<String>) -> String {
    var (result, number) = (code, 2)
    while !taken.insert(result).inserted {
      result = "\(code)-\(number)"
      number += 1
    }
    return result
  }
}

/// What tells a segment apart of what a session shows too.
private struct Traits {
  let subject: String
  let adjectives: [String]
  let code: String

  init(_ shares: [Double], _ space: BehaviourSpace, _ topics: [String]) {
    // The parts of the segment's divergence from everybody.
    let strength = topics.indices.map { shares[$0] * log(shares[$0] / space.mean[$0]) }
    let telling = topics.indices.filter { shares[$0] > 1.2 * space.mean[$0] && shares[$0] >= 0.03 }
      .sorted { (strength[$1], $0) < (strength[$0], $1) }.prefix(2)
    let share = telling.reduce(0) { $0 + shares[$1] }
    let listed = telling.map { topics[$0] }.joined(separator: " and ")
    subject = telling.isEmpty ? "a bit of everything" : share >= 0.5 ? "mostly \(listed)" : "more \(listed) than others"
    var adjectives: [(words: String, code: String)] = []
    let dear = shares[space.dear] - space.mean[space.dear]
    if abs(dear) >= 0.05 { adjectives.append(dear > 0 ? ("high prices", "dear") : ("low prices", "cheap")) }
    if shares[space.fresh] >= 0.05, shares[space.fresh] >= 1.5 * space.mean[space.fresh] {
      adjectives.append(("new arrivals", "new"))
    }
    self.adjectives = adjectives.map(\.words)
    let slugs = telling.map { slug(topics[$0]) }.filter { !$0.isEmpty } + adjectives.map(\.code)
    code = slugs.isEmpty ? "mixed" : slugs.joined(separator: "-")
  }
}

/// How often and how lately people come: medians.
private struct Rhythm {
  /// Days between visits; nil where half of the people came once.
  let interval: Double?
  /// Days since the last visit.
  let absence: Double

  init(_ habits: [VisitorBehaviour.Habits], _ asOf: UInt32) {
    let intervals = habits.map { habit in
      habit.sessions > 1 ? Double(habit.last - habit.first) / 86_400 / Double(habit.sessions - 1) : .infinity
    }
    let median = Rhythm.median(intervals)
    interval = median.isFinite ? median : nil
    absence = Rhythm.median(habits.map { Double(asOf - min(asOf, $0.last)) / 86_400 })
  }

  private static func median(_ values: [Double]) -> Double {
    values.isEmpty ? 0 : values.sorted()[values.count / 2]
  }

  private static let names: [(days: Double, words: String)] = [
    (0.5, "several times a day"), (1.5, "daily"), (5, "several times a week"), (10, "weekly"), (20, "every two weeks"),
    (45, "monthly"), (.infinity, "every few months"),
  ]

  func words(_ everybody: Rhythm) -> String? {
    let rhythm = interval.map { interval in Rhythm.names.first { interval <= $0.days }!.words } ?? "one visit"
    return absence > 2 * max(everybody.absence, 7) ? "\(rhythm), not seen lately" : rhythm
  }
}

/// Lower-case letters and digits, joined by hyphens; at most 24 characters.
private func slug(_ text: String) -> String {
  let words = text.lowercased().split { !$0.isLetter && !$0.isNumber }
  var slug = ""
  for word in words {
    if !slug.isEmpty, slug.count + word.count > 23 { break }
    slug += slug.isEmpty ? String(word.prefix(24)) : "-\(word)"
  }
  return slug
}
