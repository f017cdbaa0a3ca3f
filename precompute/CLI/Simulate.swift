import ArgumentParser
import Foundation
import Simulation

struct Simulate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Makes up a shop: events and catalogue whose truth is known by construction.",
    discussion: """
      Items and visits follow power laws; regions, segments and what follows what are planted, see docs/simulation.md. The same \
      options and seed give the same bytes. Memory does not grow with the number of events.

      martlet simulate --events 1000000 --out DIR && martlet build --events DIR/events.csv --catalogue DIR/catalogue.csv --out …
      """)

  @Option(name: .long, help: "Events in all.")
  var events = 1_000_000

  @Option(name: .long, help: "Items of the catalogue.")
  var items = 20_000

  @Option(name: .long, help: "Days over which the events are spread.")
  var days = 90

  @Option(name: .long, help: "Categories.")
  var categories = 100

  @Option(name: .long, help: "Regions.")
  var regions = 12

  @Option(name: .long, help: "Segments of visitors.")
  var segments = 6

  @Option(name: .long, help: "Start of every pseudorandom sequence.")
  var seed: UInt64 = 1

  @Option(name: .long, help: "The directory for events.csv and catalogue.csv; - writes the events to standard output.")
  var out: String

  func validate() throws {
    guard events > 0, items > 0, days > 0, regions > 0, segments > 0 else {
      throw ValidationError("--events, --items, --days, --regions and --segments are at least 1.")
    }
    guard categories > 0, categories <= items, segments <= categories else {
      throw ValidationError("--categories is at least --segments and at most --items.")
    }
  }

  func run() throws {
    var shop = SimulatedShop()
    (shop.seed, shop.items, shop.categories) = (seed, items, categories)
    (shop.regions, shop.segments) = (regions, segments)
    let tables = SimulatedTables(shop)
    let visits = SimulatedVisits(shop, events: events, days: days)
    if out == "-" {
      return try tables.writeEvents(visits) { try FileHandle.standardOutput.write(contentsOf: $0) }
    }
    try FileManager.default.createDirectory(atPath: out, withIntermediateDirectories: true)
    try write("catalogue.csv") { file in try tables.writeCatalogue { try file.write(contentsOf: $0) } }
    try write("events.csv") { file in try tables.writeEvents(visits) { try file.write(contentsOf: $0) } }
  }

  private func write(_ name: String, _ body: (FileHandle) throws -> Void) throws {
    let path = "\(out)/\(name)"
    guard FileManager.default.createFile(atPath: path, contents: nil), let file = FileHandle(forWritingAtPath: path)
    else {
      throw ValidationError("\(path) cannot be written.")
    }
    try body(file)
    try file.close()
  }
}
