import Configuration
import EventLog
import Session
import Testing

/// What hosts write is read by its own names, beside tables of any other.
@Suite struct HostLogTests {
  private static let yaml = """
    events:
      columns: { session_id: basket, item_id: sku, time: at, region: store, user_id: person }
      default_type: purchase
      time: { format: "%d.%m.%Y" }
      skip: [{ column: quantity, below: 1 }]
    """
  private static let receipts =
    "basket,sku,at,store,person,quantity\nb1,tea,01.02.2024,north,,2\nb2,cup,02.02.2024,north,,0\n"
  private static let visits = """
    {"event_id":"e1","event":"view","item_id":"lamp","time":1706860800,"session_id":"v1","region":"south"}
    {"event_id":"e2","event":"add_to_cart","item_id":"tea","time":1706860801,"session_id":"v1","region":"south"}
    {"event_id":"e2","event":"add_to_cart","item_id":"tea","time":1706860801,"session_id":"v1","region":"south"}

    """

  private func read(_ files: [(name: String, text: String)], _ yaml: String = yaml) throws -> EventLog {
    let folder = try TemporaryFolder()
    let input = EventLog.Input(events: try files.map { try folder.write($0.text, to: $0.name) })
    return try withExtendedLifetime(folder) { try EventLog(reading: input, configuration: Configuration(yaml: yaml)) }
  }

  @Test(arguments: [false, true])
  func aHostsLogIsReadBesideAShopsOwnTable(isFirst: Bool) throws {
    let table = (name: "receipts.csv", text: Self.receipts)
    let hosts = (name: "events.ndjson", text: Self.visits)
    let log = try read(isFirst ? [hosts, table] : [table, hosts])
    #expect(Set(log.table.itemNames) == ["tea", "lamp"])
    #expect(log.table.items.count == 3 && log.table.sessionCount == 2)
    #expect(Set(log.table.regionNames) == ["north", "south"])
    #expect(Set(log.table.types) == Set([EventType.purchase, .view, .addToCart].map(\.rawValue)))
    #expect(log.events.rejectedCount == 0)
    #expect(log.events.skipped.map(\.rows) == [1, 0, 0, 1, 0], "the shop's rule is about its own rows")
  }

  /// Rows that have all the shop's columns are the shop's, whatever else they say.
  @Test func rowsWithTheShopsColumnsAreTheShops() throws {
    let rows = """
      {"event_id":"e1","event":"view","item_id":"i","time":"x","session_id":"s","basket":"b","sku":"tea","at":"01.02.2024",\
      "store":"north","person":"p","quantity":1}

      """
    let log = try read([("events.ndjson", rows)])
    #expect(log.table.itemNames == ["tea"] && log.table.regionNames == ["north"])
  }

  /// What looks like a host's log is one among events alone: the catalogue's rules are about all of its rows.
  @Test func aCatalogueIsNoHostsLog() throws {
    let folder = try TemporaryFolder()
    let items = Self.visits + #"{"item_id":"pot","hidden":"yes"}"# + "\n"
    let input = EventLog.Input(
      events: [try folder.write("session_id,item_id,time\ns,tea,1\n", to: "e.csv")],
      catalogue: [try folder.write(items, to: "c.ndjson")])
    let yaml = "catalogue: { skip: [{ column: hidden, matches: \"yes\" }] }"
    let log = try EventLog(reading: input, configuration: Configuration(yaml: yaml))
    #expect(log.catalogueSummary?.skipped.map(\.rows) == [1])
    #expect(Set(log.table.itemIDs) == ["tea", "lamp"])
  }

  /// Without a host's fields a missing column stays what it is.
  @Test func otherRowsAreNoHostsLog() throws {
    let rows = "{\"event\":\"view\",\"item_id\":\"i\",\"time\":1,\"session_id\":\"s\"}\n"
    #expect(throws: EventLogError.self) { try read([("events.ndjson", rows)]) }
  }
}
