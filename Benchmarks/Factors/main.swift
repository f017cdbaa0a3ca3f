import ArgumentParser
import EventLog
import Foundation
import Models
import Session

/// Fits iALS factors to a file of views and tells the seconds, of the clock and of the processors, that the fit alone took; `scripts/als_table.py` sets it beside
/// another implementation.
struct FactorsBenchmark: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "factors-benchmark")

  @Argument(help: "Lines of a person's and an item's number, from 0, a tab between them; people by number.")
  var views: String

  @Option(help: "Dimensions, a multiple of 8.") var factors = 32
  @Option var iterations = 8
  @Option var threads = 2
  @Option(help: "λ.") var regularization: Float = 0.03
  @Option(help: "What all cells together count, against those that were seen.") var unobservedShare: Float = 1
  @Option(help: "The factors are written to PREFIX.people and PREFIX.items, row by row, 32-bit floats.")
  var out: String?

  func run() throws {
    let table = try readTable()
    let parallelism = Parallelism(threads: threads)
    let matrix = InteractionMatrix(table, people: People(table), weights: .standard, parallelism: parallelism)
    var parameters = ImplicitALS.Parameters()
    (parameters.dimensions, parameters.iterations) = (factors, iterations)
    (parameters.regularisation, parameters.unobservedShare) = (regularization, unobservedShare)
    let (clock, processorTime) = (ContinuousClock(), Foundation.clock())
    let start = clock.now
    let model = ImplicitALS.fit(matrix, parameters: parameters, parallelism: parallelism)
    print((clock.now - start) / .seconds(1), Double(Foundation.clock() - processorTime) / Double(CLOCKS_PER_SEC))
    if let out {
      try write(model.personFactors, to: out + ".people")
      try write(model.itemFactors, to: out + ".items")
    }
  }

  private func readTable() throws -> EventTable {
    var table = EventTable()
    var itemCount = 0
    for (number, line) in try Data(contentsOf: URL(fileURLWithPath: views)).split(separator: UInt8(ascii: "\n"))
      .enumerated()
    {
      let fields = line.split(separator: UInt8(ascii: "\t")).map { UInt32(String(decoding: $0, as: UTF8.self)) }
      guard fields.count == 2, let person = fields[0], let item = fields[1], person != .max, item != .max else {
        throw ValidationError("\(views):\(number + 1): a person's and an item's number are expected")
      }
      table.users.append(person)
      table.items.append(item)
      table.userCount = max(table.userCount, Int(person) + 1)
      itemCount = max(itemCount, Int(item) + 1)
    }
    table.sessions = [UInt32](repeating: 0, count: table.count)
    table.sessionCount = 1
    table.regions = [UInt16](repeating: EventTable.noRegion, count: table.count)
    table.types = [UInt8](repeating: EventType.view.rawValue, count: table.count)
    table.times = [UInt32](repeating: 0, count: table.count)
    table.itemIDs = (0..<itemCount).map(String.init)
    return table
  }

  private func write(_ factors: [Float], to path: String) throws {
    try factors.withUnsafeBytes { try Data($0).write(to: URL(fileURLWithPath: path)) }
  }
}

FactorsBenchmark.main()
