import Configuration
import Foundation

/// A value of the configuration that may be searched, and how its values lie on a line from 0 to 1.
public struct TunableParameter: Sendable, Equatable {
  public enum Scale: Sendable, Equatable {
    case linear
    /// Equal steps are equal ratios; the range is above zero.
    case log
    /// Words in the order in which one leads to the next.
    case choice
  }

  private enum Unit: Sendable, Equatable {
    case number
    /// A multiple of this whole number.
    case whole(multipleOf: Int)
    case duration
    case word
  }

  /// The full key in the configuration.
  public let key: String
  /// What holds where the key is absent, as it would be written; `~` for no value.
  public let standard: String
  public let scale: Scale
  private let unit: Unit
  private let range: ClosedRange<Double>
  /// With `.choice` the values; else at most one, which stands above the range: an endless window, no half-life.
  private let words: [String]

  // MARK: One line each

  public static func number(
    _ key: String, _ range: ClosedRange<Double>, _ scale: Scale = .log, standard: String
  ) -> TunableParameter {
    TunableParameter(key, standard, scale, .number, range, [])
  }

  public static func whole(
    _ key: String, _ range: ClosedRange<Int>, _ scale: Scale = .log, multipleOf step: Int = 1, standard: String
  ) -> TunableParameter {
    let range = Double(range.lowerBound)...Double(range.upperBound)
    return TunableParameter(key, standard, scale, .whole(multipleOf: step), range, [])
  }

  /// - Parameter beyond: the word for more than any duration, such as `all`; nil where there is none.
  public static func duration(
    _ key: String, _ shortest: String, _ longest: String, beyond: String? = nil, standard: String
  ) -> TunableParameter {
    func seconds(_ text: String) -> Double { Double(DurationText.seconds(text) ?? 1) }
    let range = seconds(shortest)...seconds(longest)
    return TunableParameter(key, standard, .log, .duration, range, beyond.map { [$0] } ?? [])
  }

  public static func choice(_ key: String, _ words: [String], standard: String) -> TunableParameter {
    TunableParameter(key, standard, .choice, .word, 0...Double(words.count - 1), words)
  }

  private init(
    _ key: String, _ standard: String, _ scale: Scale, _ unit: Unit, _ range: ClosedRange<Double>, _ words: [String]
  ) {
    precondition(scale != .log || range.lowerBound > 0, "\(key): a ratio needs a range above zero")
    (self.key, self.standard, self.scale) = (key, standard, scale)
    (self.unit, self.range, self.words) = (unit, range, words)
  }

  // MARK: Between texts and the line

  /// The shortest way from one value to the next; 0 where it depends on the place.
  var smallestStep: Double {
    switch unit {
    case .word: words.count > 1 ? 1 / Double(words.count - 1) : 0
    case .whole(let step) where scale == .linear: Double(step) / (range.upperBound - range.lowerBound)
    default: 0
    }
  }

  /// The part of the line that the range takes: the word beyond it needs a place of its own.
  private var share: Double { hasBeyond ? 0.875 : 1 }
  private var hasBeyond: Bool { unit != .word && !words.isEmpty }

  /// Where a written value lies, 0...1; what is outside of the range stands at its end, an unknown word in the middle.
  public func position(of text: String) -> Double {
    if let place = words.firstIndex(of: text) { return unit == .word ? along(Double(place)) : 1 }
    let value = unit == .duration ? DurationText.seconds(text).map { Double($0) } : Double(text)
    guard let value, unit != .word else { return 0.5 }
    return along(min(max(value, range.lowerBound), range.upperBound)) * share
  }

  /// The value at a place of the line, 0...1, as it is written in the configuration.
  public func text(at position: Double) -> String {
    if hasBeyond && position > (1 + share) / 2 { return words[0] }
    let value = value(at: min(max(position / share, 0), 1))
    switch unit {
    case .number:
      let text = String(format: "%.3g", value)
      return text.contains("e") && value >= 1 ? String(format: "%.0f", Double(text) ?? value) : text
    case .whole(let step):
      // The ends of the range are multiples of the step.
      return "\(Int((value / Double(step)).rounded()) * step)"
    case .duration:
      let unit = [86_400.0, 3600, 60].first { value >= 2 * $0 } ?? 1
      return DurationText.text(UInt32((value / unit).rounded() * unit))
    case .word: return words[Int(value.rounded())]
    }
  }

  /// All values, as texts: `1d – 180d, ~`.
  public var values: String {
    if unit == .word { return words.joined(separator: ", ") }
    return (["\(text(at: 0)) – \(text(at: share))"] + words).joined(separator: ", ")
  }

  private func along(_ value: Double) -> Double {
    let (low, high) = (range.lowerBound, range.upperBound)
    if low == high { return 0 }
    return scale == .log ? log(value / low) / log(high / low) : (value - low) / (high - low)
  }

  private func value(at place: Double) -> Double {
    let (low, high) = (range.lowerBound, range.upperBound)
    return scale == .log ? low * pow(high / low, place) : low + (high - low) * place
  }
}
