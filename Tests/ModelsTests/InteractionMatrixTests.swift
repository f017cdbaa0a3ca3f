import EventLog
import Foundation
import Models
import Testing

@Suite struct InteractionMatrixTests {
  @Test func holdsEachCellOnceInBothDirections() {
    let table = randomTable(seed: 4, events: 2000, items: 30, sessions: 80)
    let people = People(table)
    let matrix = InteractionMatrix(table, people: people, weights: .standard)
    var sums: [UInt32: [UInt32: Float]] = [:]
    var order: [UInt32] = []
    for event in 0..<table.count {
      let weight = EventWeights.standard[table.types[event]]
      guard weight > 0 else { continue }
      if sums[people.ofEvent[event]] == nil { order.append(people.ofEvent[event]) }
      sums[people.ofEvent[event], default: [:]][table.items[event], default: 0] += weight
    }
    #expect(matrix.people.count == order.count && matrix.items.count == 30)
    for (row, person) in order.enumerated() {
      let range = matrix.people.range(row)
      #expect(Array(matrix.people.columns[range]) == sums[person]!.keys.sorted())
      for cell in range {
        #expect(matrix.people.confidences[cell] == log2(1 + sums[person]![matrix.people.columns[cell]]!))
      }
    }
    for item in 0..<30 {
      let range = matrix.items.range(item)
      let holders = order.indices.filter { sums[order[$0]]![UInt32(item)] != nil }
      #expect(matrix.items.columns[range].map(Int.init) == holders)
      for cell in range {
        let sum = sums[order[Int(matrix.items.columns[cell])]]![UInt32(item)]!
        #expect(matrix.items.confidences[cell] == log2(1 + sum))
      }
    }
  }
}
