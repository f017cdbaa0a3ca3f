import Configuration
import EventLog
import Foundation
import TestSupport
import Testing

/// The real files, against counts that were taken with other programs (Python's csv module, awk) and against a naive
/// reading of the same bytes in the test itself.
@Suite(.enabled(if: sharedData != nil, "needs the data sets in ../shared/data or $MARTLET_SHARED/data"))
struct RealDataTests {
  @Test func onlineRetail() throws {
    let path = try #require(sharedData).appending(path: "online-retail/online-retail-to-2011-09.csv.gz").path
    let configuration = try example("online-retail.yaml")
    let started = Date()
    let log = try EventLog(reading: EventLog.Input(events: [path]), configuration: configuration)
    print("online retail: \(log.events.rows) rows in \(Date().timeIntervalSince(started)) s")
    #expect(log.events.rows == 370_931)
    #expect(log.events.kept == 362_320)
    #expect(
      log.events.skipped.map(\.rule).prefix(3) == [
        "InvoiceNo matches C*", "Quantity below 1", "UnitPrice below 0.0001",
      ])
    #expect(log.events.skipped.map(\.rows) == [6_652, 1_023, 936, 0, 0, 0, 0])
    #expect(log.events.rejectedCount == 0)
    #expect(log.table.count == 362_320)
    #expect(log.table.sessionCount == 14_332)
    #expect(log.table.itemIDs.count == 3_745)
    #expect(log.table.userCount == 3_616)
    #expect(log.table.users.count { $0 == EventTable.noUser } == 95_825)
    #expect(log.table.regionNames.count == 37)
    // 08:26 in London's winter and 17:22 in its summer.
    #expect(log.events.times == 1_291_191_960...1_317_399_720)
    #expect(log.events.files.map(\.bytes) == [5_203_041])

    let items = Dictionary(uniqueKeysWithValues: zip(log.table.itemIDs, log.catalogue.items))
    #expect(items["85123A"]?.title == "WHITE HANGING HEART T-LIGHT HOLDER")
    for (id, item) in items {
      let isProduct = id.wholeMatch(of: /[0-9]{5}[A-Za-z]*/) != nil
      #expect(item.isNeverRecommended == !isProduct, "\(id) \(item.title)")
    }
  }

  /// Most of the file by splitting at line feeds and commas: rows without a quote.
  @Test func onlineRetailAgreesWithNaiveSplitting() throws {
    let path = try #require(sharedData).appending(path: "online-retail/online-retail-to-2011-09.csv.gz").path
    let text = try gunzipped(path)
    let lines = text.split(separator: UInt8(ascii: "\n")).filter { !$0.contains(UInt8(ascii: "\"")) }
    let folder = try TemporaryFolder()
    let plain = try folder.write(Data(lines.joined(separator: [UInt8(ascii: "\n")])), to: "plain.csv")
    let configuration = try Configuration(
      yaml: """
        events:
          columns: { session_id: InvoiceNo, item_id: StockCode, user_id: CustomerID, time: InvoiceDate, region: Country }
        """)
    let log = try EventLog(reading: EventLog.Input(events: [plain]), configuration: configuration)
    let table = log.table
    #expect(log.events.firstRejects == [])
    try #require(table.count == lines.count - 1)
    for (index, line) in lines.dropFirst().enumerated() {
      let fields = line.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
      let region = String(decoding: fields[7].filter { $0 != 13 }, as: UTF8.self)
      guard table.itemIDs[Int(table.items[index])].utf8.elementsEqual(fields[1]),
        table.regionNames[Int(table.regions[index])] == region,
        (table.users[index] == EventTable.noUser) == fields[6].isEmpty
      else {
        Issue.record("row \(index)")
        return
      }
    }
  }

  @Test(
    arguments: [
      ("train", 113_601, 23_753, 18_009, 1_590_884_413, 1_593_472_730),
      ("test", 1_233, 302, 862, 1_593_470_836, 1_593_557_898),
      ("valid", 1_451, 330, 995, 1_593_475_384, 1_593_560_033),
    ] as [(String, Int, Int, Int, UInt32, UInt32)])
  func serenade(name: String, rows: Int, sessions: Int, items: Int, oldest: UInt32, newest: UInt32) throws {
    let path = try #require(sharedData).appending(path: "serenade-toy/\(name).tsv.gz").path
    let log = try EventLog(reading: EventLog.Input(events: [path]), configuration: try example("serenade.yaml"))
    #expect(log.table.count == rows)
    #expect(log.events.rejectedCount == 0)
    #expect(log.table.sessionCount == sessions)
    #expect(log.table.itemIDs.count == items)
    #expect(log.events.times == oldest...newest)
    #expect(log.table.users.allSatisfy { $0 == EventTable.noUser })
  }

  /// Cut anywhere, and with a byte changed anywhere, the file is an error or reads as before; never a crash.
  @Test func damagedGzipIsAnErrorThatNamesTheByte() throws {
    let path = try #require(sharedData).appending(path: "serenade-toy/test.tsv.gz").path
    let whole = try Data(contentsOf: URL(filePath: path))
    let folder = try TemporaryFolder()
    let configuration = try example("serenade.yaml")
    for length in stride(from: 3, to: whole.count, by: 97) {
      let cut = try folder.write(whole.prefix(length), to: "cut.gz")
      let error = #expect(throws: EventLogError.self) {
        try EventLog(reading: EventLog.Input(events: [cut]), configuration: configuration)
      }
      guard case .badGzip(cut, let byte, _) = error else {
        Issue.record("\(String(describing: error))")
        return
      }
      #expect(byte == UInt64(length))
    }
    for position in stride(from: 20, to: whole.count, by: 97) {
      var bytes = whole
      bytes[position] ^= 0x10
      let damaged = try folder.write(bytes, to: "damaged.gz")
      #expect(throws: EventLogError.self) {
        try EventLog(reading: EventLog.Input(events: [damaged]), configuration: configuration)
      }
    }
  }

  private func gunzipped(_ path: String) throws -> [UInt8] {
    let process = Process()
    let pipe = Pipe()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["gzip", "-dc", path]
    process.standardOutput = pipe
    try process.run()
    let data = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return Array(data)
  }
}
