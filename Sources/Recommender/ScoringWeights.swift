import Bytes
import SQLiteReader
import Session
import SnapshotFormat

/// The numbers that turn signals into scores, as the snapshot gives them: tables `event_weight`, `position_decay` and
/// `blend`. Exponentials are tabulated by the builder; the scorer has no libm.
struct ScoringWeights: ~Copyable {
  private var events = FixedArray<Float>(repeating: 0, count: 16)
  private var decay = FixedArray<Float>(repeating: 0, count: Session.signalsMax + 1)
  private var blend = FixedArray<Float>(repeating: 0, count: 128)

  mutating func read(_ file: SnapshotFile) throws(SnapshotError) {
    try ScoringWeights.read(Schema.eventWeight, 2, of: file, into: &events)
    try ScoringWeights.read(Schema.positionDecay, 1, of: file, into: &decay)
    try ScoringWeights.read(Schema.blend, 3, of: file, into: &blend)
  }

  /// From so many seconds on, a stay counts no more.
  static let dwellSecondsMax: UInt16 = 240

  /// What `signal` says of its item: the weight of its type, times the minutes of a dwell, at most 4, or the share of the page that
  /// was scrolled where that is more, and times a rating's share of its scale. What was not measured takes nothing off.
  func event(_ signal: Signal) -> Float {
    let weight = events[Int(signal.type.rawValue)]
    guard signal.value > 0 else { return weight }
    switch signal.type {
    case .dwell:
      let minutes = Float(min(Dwell.seconds(signal.value), ScoringWeights.dwellSecondsMax)) / 60
      return weight * max(minutes, Float(Dwell.depth(signal.value)) / 100)
    case .rate: return weight * (Float(signal.value) / 100)
    default: return weight
    }
  }

  /// The weight of the signal that is `position` distinct items back.
  func decay(_ position: Int) -> Float { position < decay.count ? decay[position] : 0 }

  func blend(_ context: Context, _ source: Source) -> Float {
    blend[Int(truncatingIfNeeded: BlendRow.id(context, source))]
  }

  /// Weights are finite and lie in 0...1000: anything else is refused at open, so that no NaN reaches a comparison.
  @inline(never)
  private static func read(
    _ table: StaticString, _ column: Int, of file: SnapshotFile, into weights: inout FixedArray<Float>
  ) throws(SnapshotError) {
    var rows = try file.rows(of: table)
    while try rows.next() {
      let weight: Double
      switch try rows.value(column) {
      case .real(let real)?: weight = real
      case .integer(let integer)? where integer >= 0 && integer <= 1000: weight = Double(integer)
      default: weight = -1
      }
      guard weight >= 0, weight <= 1000 else { throw SnapshotError(.badValue, table: table) }
      if rows.id >= 0, rows.id < Int64(weights.count) { weights[Int(truncatingIfNeeded: rows.id)] = Float(weight) }
    }
  }
}
