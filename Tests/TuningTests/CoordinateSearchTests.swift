import Testing
import Tuning

struct CoordinateSearchTests {
  private let parameters: [TunableParameter] = [
    .number("a", 0.01...100, standard: "1"), .whole("b", 0...64, .linear, multipleOf: 8, standard: "0"),
    .choice("c", ["off", "on"], standard: "off"), .number("mute", 0...1, .linear, standard: "0.5"),
  ]

  /// Every group of sessions sees the same value, plus `noise` by group, which pairs cancel.
  private func score(_ value: Double, noise: (Int) -> Double = { Double($0) }) -> TrialScore {
    let groups = 0..<GroupedSums.groups
    return TrialScore(folds: [
      GroupedSums(sums: groups.map { 10 * (value + noise($0)) }, counts: groups.map { _ in 10 })
    ])
  }

  /// A hill whose top is known.
  private func height(_ values: [String: String]) -> Double {
    let a = parameters[0].position(of: values["a"] ?? "1")
    let b = parameters[1].position(of: values["b"] ?? "0")
    return (values["c"] == "on" ? 1 : 0) - (a - 0.8) * (a - 0.8) - (b - 0.625) * (b - 0.625)
  }

  private func search(seed: UInt64) -> CoordinateSearch {
    CoordinateSearch(parameters, original: parameters.map(\.standard), start: score(height([:])), seed: seed)
  }

  @Test(arguments: [1, 2, 3, 4] as [UInt64]) func climbsToTheTop(seed: UInt64) {
    var search = search(seed: seed)
    var asked: [[String: String]] = []
    let isFinished = search.run { values, _ in
      asked.append(values)
      return .score(score(height(values)))
    }
    #expect(isFinished)
    #expect(search.best.values["b"] == "40" && search.best.values["c"] == "on")
    #expect(abs(parameters[0].position(of: search.best.values["a"] ?? "1") - 0.8) < CoordinateSearch.lastStep)
    // What changes no answer is tried once each way, and not changed.
    #expect(search.best.values["mute"] == nil)
    #expect(asked.filter { $0["mute"] != nil }.count == 2)
    #expect(asked.count < 100)
  }

  /// Gains that lie within their error are no gains.
  @Test func noiseIsNotFollowed() {
    var search = search(seed: 1)
    var number = 0
    _ = search.run { _, _ in
      number += 1
      let trial = number
      return .score(score(height([:]) + 0.001, noise: { Double($0 + ($0 * 7 + trial * 5) % 16) - 7.5 }))
    }
    #expect(search.best.values.isEmpty)
  }

  @Test func endsWithTheBudgetAndPassesFailuresOver() {
    var search = search(seed: 1)
    var left = 5
    let isFinished = search.run { values, _ in
      left -= 1
      if left < 0 { return .ended }
      return values["a"] == nil ? .score(score(height(values))) : .failed
    }
    #expect(!isFinished)
    #expect(search.best.values["a"] == nil)
  }

  /// The jackknife against figures worked out by hand: differences 1 and 3 at two positions each give a mean of 2/2 and, leaving
  /// one of two groups out at a time, means of 1.5 and 0.5.
  @Test func pairedDifference() {
    func score(_ sums: [Double]) -> TrialScore { TrialScore(folds: [GroupedSums(sums: sums, counts: [2, 2])]) }
    let (mean, standardError) = score([2, 6]).difference(to: score([1, 3]))
    #expect(mean == 1)
    #expect(abs(standardError - 0.5) < 1e-12)
    // The fold that only one has been asked about does not count.
    var longer = score([2, 6])
    longer.folds.append(GroupedSums(sums: [100, 100], counts: [1, 1]))
    #expect(longer.difference(to: score([1, 3])).mean == 1)
    #expect(score([2, 6]).mean == 2)
  }
}
