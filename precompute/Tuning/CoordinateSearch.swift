import Models
import Evaluation
import Replay

/// A search along one parameter at a time, from the file's values, with steps that shrink: what it changes is what measurably helps,
/// and all else stays as it was.
///
/// A change is kept when its paired gain is above its standard error. A parameter that improves goes on in the same direction;
/// where neither way helps, its step is halved; where neither way changes any answer, it is left alone.
package struct CoordinateSearch {
  /// What a trial gave.
  package enum Outcome {
    case score(TrialScore)
    /// No snapshot can be built with these values.
    case failed
    /// The budget is used up.
    case ended
  }

  /// Keys that differ from the file, with their values as texts.
  package typealias Values = [String: String]

  package static let firstStep = 0.25
  package static let lastStep = 1.0 / 32

  package private(set) var best: (values: Values, score: TrialScore)
  private let parameters: [TunableParameter]
  /// By parameter: the file's value, or the standard one.
  private let original: [String]
  private var lines: [Line]

  private struct Line {
    var step = CoordinateSearch.firstStep
    var direction: Double
  }

  /// - Parameters:
  ///   - original: by parameter, as written in the file or as it holds without.
  ///   - start: the score of the file's values.
  ///   - seed: chooses which way each parameter is tried first.
  package init(_ parameters: [TunableParameter], original: [String], start: TrialScore, seed: UInt64) {
    (self.parameters, self.original) = (parameters, original)
    best = ([:], start)
    var random = SplitMix(seed: seed)
    lines = parameters.map { _ in Line(direction: random.next(below: 2) == 0 ? 1 : -1) }
  }

  /// Asks until no step is left, or the budget is used up; true in the first case.
  package mutating func run(_ ask: (Values, _ best: TrialScore) throws -> Outcome) rethrows -> Bool {
    while lines.contains(where: { $0.step >= CoordinateSearch.lastStep }) {
      for index in lines.indices where lines[index].step >= CoordinateSearch.lastStep {
        if try !search(index, ask) { return false }
      }
    }
    return true
  }

  /// One parameter, both ways; false when the budget is used up.
  private mutating func search(_ index: Int, _ ask: (Values, TrialScore) throws -> Outcome) rethrows -> Bool {
    var (hasMoved, hasEffect, isAsked) = (false, false, false)
    for direction in [lines[index].direction, -lines[index].direction] where !hasMoved {
      var isBetter = true
      while isBetter, let values = neighbour(index, direction) {
        (isBetter, isAsked) = (false, true)
        switch try ask(values, best.score) {
        case .ended: return false
        case .failed: hasEffect = true
        case .score(let score):
          hasEffect = hasEffect || score != best.score
          guard score.folds.count == best.score.folds.count else { continue }
          let (gain, standardError) = score.difference(to: best.score)
          isBetter = gain > 0 && gain > standardError
          guard isBetter else { continue }
          best = (values, score)
          (hasMoved, lines[index].direction) = (true, direction)
        }
      }
    }
    if !hasMoved { lines[index].step = isAsked && !hasEffect ? 0 : lines[index].step / 2 }
    return true
  }

  /// The best values with one parameter a step further; nil where that is no other value.
  private func neighbour(_ index: Int, _ direction: Double) -> Values? {
    let parameter = parameters[index]
    let current = best.values[parameter.key] ?? original[index]
    let place = min(
      max(parameter.position(of: current) + direction * max(lines[index].step, parameter.smallestStep), 0), 1)
    let text = parameter.text(at: place)
    if text == current { return nil }
    var values = best.values
    values[parameter.key] = text == original[index] ? nil : text
    return values
  }
}
