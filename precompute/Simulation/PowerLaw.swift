import Foundation
import Models

/// Ranks 0..<count, drawn with a probability that falls as (rank + offset)^−exponent: a Zipf–Mandelbrot law, by inverting the
/// integral of its density. Needs no table, so a shop of any size costs nothing.
struct PowerLaw: Sendable {
  let count: Int
  private let power: Double
  private let offset: Double
  private let start: Double
  private let span: Double

  /// - Parameter exponent: above 0, not 1.
  init(count: Int, exponent: Double, offset: Double = 1) {
    precondition(count > 0 && exponent > 0 && exponent != 1 && offset > 0)
    (self.count, self.offset) = (count, offset)
    power = 1 - exponent
    start = pow(offset, power)
    span = pow(Double(count) + offset, power) - start
  }

  func draw(_ random: inout SplitMix) -> Int {
    let value = pow(start + random.unit() * span, 1 / power) - offset
    return min(count - 1, max(0, Int(value)))
  }
}

extension SplitMix {
  /// A number from 0 up to 1, without it.
  mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }

  mutating func chance(_ probability: Double) -> Bool { unit() < probability }

  /// Of an exponential distribution of mean `mean`.
  mutating func exponential(mean: Double) -> Double { -mean * log(1 - unit()) }

  /// Of a normal distribution (Box and Muller 1958).
  mutating func normal() -> Double { sqrt(-2 * log(1 - unit())) * cos(2 * .pi * unit()) }
}
