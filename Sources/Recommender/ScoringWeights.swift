import Bytes
import SQLiteReader
import Session
import SnapshotFormat

/// The numbers that turn signals into scores, as the snapshot gives them: tables `event_weight`, `position_decay` and
/// `blend`. Exponentials are tabulated by the builder; the scorer has no libm.
struct ScoringWeights {
  private var events = InlineArray<16, Float>(repeating: 0)
  private var decay = InlineArray<64, Float>(repeating: 0)
  private var blend = InlineArray<128, Float>(repeating: 0)

  init(_ file: SnapshotFile) throws(SnapshotError) {
    var events = InlineArray<16, Float>(repeating: 0)
    try ScoringWeights.forEachWeight(in: Schema.eventWeight, of: file, at: 2) { (row, weight) in
      if row >= 0, row < 16 { events[Int(row)] = weight }
    }
    var decay = InlineArray<64, Float>(repeating: 0)
    try ScoringWeights.forEachWeight(in: Schema.positionDecay, of: file, at: 1) { (row, weight) in
      if row >= 0, row < 64 { decay[Int(row)] = weight }
    }
    var blend = InlineArray<128, Float>(repeating: 0)
    try ScoringWeights.forEachWeight(in: Schema.blend, of: file, at: 3) { (row, weight) in
      if row >= 0, row < 128 { blend[Int(row)] = weight }
    }
    self.events = events
    self.decay = decay
    self.blend = blend
  }

  /// What an event of `type` says of its item.
  func event(_ type: EventType) -> Float { events[Int(type.rawValue)] }

  /// The weight of the signal that is `position` distinct items back.
  func decay(_ position: Int) -> Float { position >= 0 && position < 64 ? decay[position] : 0 }

  func blend(_ context: Context, _ source: Source) -> Float { blend[Int(BlendRow.id(context, source))] }

  /// Weights are finite and lie in 0...1000: anything else is refused at open, so that no NaN reaches a comparison.
  private static func forEachWeight(
    in table: StaticString, of file: SnapshotFile, at column: Int, _ body: (Int64, Float) -> Void
  ) throws(SnapshotError) {
    var valid = true
    try file.forEachRow(of: table) { (row) throws(SQLiteError) in
      let value: Double
      switch try row.record().value(at: column) {
      case .real(let real)?: value = real
      case .integer(let integer)? where integer >= 0 && integer <= 1000: value = Double(integer)
      default: value = -1
      }
      guard value >= 0, value <= 1000 else {
        valid = false
        return
      }
      body(row.rowid, Float(value))
    }
    guard valid else { throw SnapshotError(.badValue, table: table) }
  }
}
