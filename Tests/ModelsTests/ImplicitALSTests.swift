import EventLog
import Foundation
import Models
import TestSupport
import Testing

@Suite struct ImplicitALSTests {
  private func matrix(_ table: EventTable) -> InteractionMatrix {
    InteractionMatrix(table, people: People(table), weights: .standard)
  }

  /// `blocks` groups of ten items; each of 40 people a group clicks five of its own.
  private func planted(blocks: Int) -> EventTable {
    var random = SeededGenerator(6)
    let sessions = (0..<blocks * 40).map { person in
      (0..<10).shuffled(using: &random).prefix(5).map { person % blocks * 10 + $0 }
    }
    return TableBuilder.sessions(sessions, items: blocks * 10)
  }

  private func score(_ model: ImplicitALS, person: Int, item: Int) -> Float {
    let k = model.dimensions
    return (0..<k).reduce(0) { $0 + model.personFactors[person * k + $1] * model.itemFactors[item * k + $1] }
  }

  @Test func lossDecreases() {
    let matrix = matrix(randomTable(seed: 8, events: 3000, items: 60, sessions: 200))
    var losses: [Double] = []
    let parameters = ImplicitALS.Parameters()
    _ = ImplicitALS.fit(matrix, parameters: parameters) { _, model in losses.append(model().loss(matrix, parameters)) }
    #expect(losses.count == parameters.iterations)
    #expect(zip(losses, losses.dropFirst()).allSatisfy { $0 > $1 })
  }

  /// After the last half-step each item's factors solve its normal equations over the final people.
  @Test func itemsSolveTheirNormalEquations() {
    let matrix = matrix(randomTable(seed: 5, events: 300, items: 12, sessions: 25))
    var parameters = ImplicitALS.Parameters()
    parameters.dimensions = 8
    parameters.solverSteps = 24
    let model = ImplicitALS.fit(matrix, parameters: parameters)
    let k = 8
    let people = (0..<matrix.people.count).map { person in
      model.personFactors[person * k..<(person + 1) * k].map(Double.init)
    }
    let unobserved =
      Double(parameters.unobservedShare) * Double(matrix.people.columns.count)
      / Double(matrix.people.count * matrix.items.count)
    #expect(abs(Double(model.unobservedWeight) - unobserved) < 1e-6)
    for item in 0..<12 {
      var a = [Double](repeating: 0, count: k * k)
      var b = [Double](repeating: 0, count: k)
      let cells = matrix.items.range(item)
      let ridge =
        Double(parameters.regularisation)
        * pow(Double(cells.count) + unobserved * Double(people.count), Double(parameters.frequencyExponent))
      func add(_ x: [Double], _ weight: Double) {
        for i in 0..<k { for j in 0..<k { a[i * k + j] += weight * x[i] * x[j] } }
      }
      for x in people { add(x, unobserved) }
      for i in 0..<k { a[i * k + i] += ridge }
      for cell in cells {
        let (x, confidence) = (people[Int(matrix.items.columns[cell])], Double(matrix.items.confidences[cell]))
        add(x, confidence)
        for i in 0..<k { b[i] += confidence * x[i] }
      }
      let expected = denseSolve(a, b)
      for i in 0..<k { #expect(abs(Double(model.itemFactors[item * k + i]) - expected[i]) < 2e-4) }
    }
  }

  @Test func recoversPlantedBlocks() {
    let table = planted(blocks: 6)
    let model = ImplicitALS.fit(matrix(table))
    for person in 0..<240 {
      let scores = (0..<60).map { score(model, person: person, item: $0) }
      let best = (0..<60).sorted { scores[$0] > scores[$1] }.prefix(10)
      #expect(Set(best.map { $0 / 10 }) == [person % 6])
    }
  }

  @Test(arguments: [8, 24, 64])
  func sameBytesAtAnyNumberOfThreads(dimensions: Int) {
    let matrix = matrix(randomTable(seed: 7, events: 20_000, items: 3000, sessions: 5000, users: 0))
    var parameters = ImplicitALS.Parameters()
    parameters.dimensions = dimensions
    parameters.iterations = 3
    let models = [1, 2, 3, 8].map {
      ImplicitALS.fit(matrix, parameters: parameters, parallelism: Parallelism(threads: $0))
    }
    for model in models {
      #expect(model.itemFactors == models[0].itemFactors)
      #expect(model.personFactors == models[0].personFactors)
      #expect(model.itemGram == models[0].itemGram)
      #expect(model.itemFactors.count == 3000 * dimensions)
    }
    parameters.seed = 2
    #expect(ImplicitALS.fit(matrix, parameters: parameters).itemFactors != models[0].itemFactors)
  }

  @Test func itemsWithoutEventsHaveZeroFactors() {
    let model = ImplicitALS.fit(matrix(TableBuilder.sessions([[0, 1], [1, 0]], items: 3)))
    #expect(model.itemFactors[64..<96].allSatisfy { $0 == 0 })
    #expect(model.itemFactors[0..<64].contains { $0 != 0 })
  }

  /// The bytes rank a person's items as the factors do.
  @Test func quantisedFactorsRankAlike() {
    let model = ImplicitALS.fit(matrix(randomTable(seed: 3, events: 20_000, items: 500, sessions: 1000, users: 0)))
    let quantised = QuantisedFactors(model.itemFactors, dimensions: 32)
    var agreed = 0
    for person in 0..<200 {
      let x = Array(model.personFactors[person * 32..<(person + 1) * 32])
      func best(_ row: (Int) -> [Float]) -> Set<UInt32> {
        var top = TopK(limit: 10)
        for item in 0..<500 {
          top.offer(item: UInt32(item), score: zip(row(item), x).reduce(0) { $0 + $1.0 * $1.1 })
        }
        return Set(top.drain().map(\.item))
      }
      agreed += best { Array(model.itemFactors[$0 * 32..<($0 + 1) * 32]) }.intersection(best(quantised.row)).count
    }
    #expect(Double(agreed) / 2000 > 0.97)
  }
}
