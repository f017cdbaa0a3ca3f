import EventLog
import Foundation

/// Who did how much with what, as sparse rows in both directions. A cell's confidence is log2(1 + Σ type_weight).
public struct InteractionMatrix: Sendable {
  public struct Rows: Sendable {
    public let offsets: [UInt32]
    public let columns: [UInt32]
    public let confidences: [Float]

    public var count: Int { offsets.count - 1 }
    public func range(_ row: Int) -> Range<Int> { Int(offsets[row])..<Int(offsets[row + 1]) }
  }

  /// Rows are people, in order of their first event; columns are items. Ascending columns.
  public let people: Rows
  /// The transpose.
  public let items: Rows

  public init(
    _ table: EventTable, people: People, weights: EventWeights, parallelism: Parallelism = .allCores
  ) {
    let (rowOfEvent, rowCount) = InteractionMatrix.denseNumbers(people, table, weights)
    let counted = rowOfEvent.indices.filter { rowOfEvent[$0] != .max }
    let byPerson = Grouping(counted.map { rowOfEvent[$0] }, groupCount: rowCount)
    let parts = parallelism.mapChunks(of: rowCount, size: 4096, scratch: {}) { _, rows in
      var lengths: [UInt32] = []
      var columns: [UInt32] = []
      var confidences: [Float] = []
      for row in rows {
        let start = columns.count
        let events = byPerson[row].map { counted[Int($0)] }.sorted { (table.items[$0], $0) < (table.items[$1], $1) }
        for event in events {
          let weight = weights[table.types[event]]
          if columns.count > start, columns.last == table.items[event] {
            confidences[confidences.count - 1] += weight
          } else {
            columns.append(table.items[event])
            confidences.append(weight)
          }
        }
        for cell in start..<columns.count { confidences[cell] = log2(1 + confidences[cell]) }
        lengths.append(UInt32(columns.count - start))
      }
      return (lengths: lengths, columns: columns, confidences: confidences)
    }
    var offsets: [UInt32] = [0]
    for part in parts { for length in part.lengths { offsets.append(offsets.last! + length) } }
    self.people = Rows(
      offsets: offsets, columns: parts.flatMap(\.columns), confidences: parts.flatMap(\.confidences))
    items = InteractionMatrix.transpose(self.people, columnCount: table.itemIDs.count)
  }

  /// Numbers the people with a counted event by their first one; `.max` for events that do not count.
  private static func denseNumbers(
    _ people: People, _ table: EventTable, _ weights: EventWeights
  ) -> ([UInt32], Int) {
    var numberOfPerson = [UInt32](repeating: .max, count: people.bound)
    var next: UInt32 = 0
    let numbers = (0..<table.count).map { event -> UInt32 in
      guard weights[table.types[event]] > 0 else { return .max }
      let person = Int(people.ofEvent[event])
      if numberOfPerson[person] == .max {
        numberOfPerson[person] = next
        next += 1
      }
      return numberOfPerson[person]
    }
    return (numbers, Int(next))
  }

  private static func transpose(_ rows: Rows, columnCount: Int) -> Rows {
    let cells = Grouping(rows.columns, groupCount: columnCount)
    var rowOfCell = [UInt32](repeating: 0, count: rows.columns.count)
    for row in 0..<rows.count { for cell in rows.range(row) { rowOfCell[cell] = UInt32(row) } }
    return Rows(
      offsets: cells.offsets, columns: cells.members.map { rowOfCell[Int($0)] },
      confidences: cells.members.map { rows.confidences[Int($0)] })
  }
}
