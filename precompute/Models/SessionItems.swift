import EventLog
import Foundation

/// What the sequence and basket models read: the counted items of each session in compressed rows, with the weight of
/// their event type.
struct SessionItems: Sendable {
  private(set) var offsets: [UInt32] = [0]
  private(set) var items: [UInt32] = []
  private(set) var weights: [Float] = []
  /// The session of each position.
  private(set) var sessions: [UInt32] = []

  var count: Int { offsets.count - 1 }

  func range(_ session: Int) -> Range<Int> { Int(offsets[session])..<Int(offsets[session + 1]) }

  /// Ordered sessions: immediate repeats of an item become one position with the strongest weight, and only the last
  /// `limit` positions stay, since an endless session is a crawler's or a till's.
  static func sequences(
    _ table: EventTable, _ sessions: SessionIndex, weights: EventWeights, limit: Int
  ) -> SessionItems {
    var result = SessionItems()
    for session in 0..<sessions.count {
      let start = result.items.count
      for event in sessions[session].reversed() {
        let item = table.items[Int(event)]
        let weight = weights[table.types[Int(event)]]
        guard weight > 0 else { continue }
        if result.items.count > start, result.items.last == item {
          result.weights[result.weights.count - 1] = max(result.weights[result.weights.count - 1], weight)
        } else if result.items.count - start < limit {
          result.append(item, weight, session)
        } else {
          break
        }
      }
      result.items[start...].reverse()
      result.weights[start...].reverse()
      result.offsets.append(UInt32(result.items.count))
    }
    return result
  }

  /// Unordered sessions: the distinct items, each with its strongest weight; of more than `limit`, the latest.
  static func baskets(
    _ table: EventTable, _ sessions: SessionIndex, weights: EventWeights, limit: Int
  ) -> SessionItems {
    var result = SessionItems()
    var position = [UInt32](repeating: .max, count: table.itemIDs.count)
    for session in 0..<sessions.count {
      let start = result.items.count
      for event in sessions[session].reversed() {
        let item = table.items[Int(event)]
        let weight = weights[table.types[Int(event)]]
        guard weight > 0 else { continue }
        let known = Int(position[Int(item)])
        if known < result.items.count, known >= start, result.items[known] == item {
          result.weights[known] = max(result.weights[known], weight)
        } else if result.items.count - start < limit {
          position[Int(item)] = UInt32(result.items.count)
          result.append(item, weight, session)
        }
      }
      result.offsets.append(UInt32(result.items.count))
    }
    return result
  }

  private mutating func append(_ item: UInt32, _ weight: Float, _ session: Int) {
    items.append(item)
    weights.append(weight)
    sessions.append(UInt32(session))
  }
}

/// By session: 2^(−age / `halfLife`), the age that of its last event before `asOf`; 1 without a half-life.
func sessionRecency(_ table: EventTable, _ sessions: SessionIndex, halfLife: Double?, asOf: UInt32) -> [Double] {
  (0..<sessions.count).map { session in
    guard let halfLife, let last = sessions[session].last else { return 1 }
    return exp2(-max(0, Double(asOf) - Double(table.times[Int(last)])) / halfLife)
  }
}
