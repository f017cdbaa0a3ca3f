import EventLog
import Foundation
import TestSupport
import Testing

@Suite struct DelimitedTests {
  @Test func readsTheDefaultColumnsWithoutConfiguration() throws {
    let log = try read(
      """
      session_id,user_id,item_id,event,time,region
      s1,u1,A,view,1600000000,DE
      s1,u1,B,Product Added,1600000060.9,DE
      s2,,A,order,2020-09-13T12:30:00Z,
      """)
    #expect(log.table.itemIDs == ["A", "B"])
    #expect(log.table.items == [0, 1, 0])
    #expect(log.table.sessions == [0, 0, 1])
    #expect(log.table.users == [0, 0, EventTable.noUser])
    #expect(log.table.regions == [0, 0, EventTable.noRegion])
    #expect(log.table.regionNames == ["DE"])
    #expect(log.table.types == [1, 2, 4])
    #expect(log.table.times == [1_600_000_000, 1_600_000_060, 1_600_000_200])
    #expect((log.table.sessionCount, log.table.userCount) == (2, 1))
    #expect((log.events.rows, log.events.kept) == (3, 3))
  }

  @Test(arguments: ["\n", "\r\n"], [",", "\t", ";"])
  func lineEndsDelimitersAndByteOrderMark(end: String, delimiter: String) throws {
    let rows = [
      ["time", "item_id", "session_id", "title"], ["1", " A ", "\"s\"", "x"],
      ["2", "B", "s", "\"x\(delimiter)y\"\"z\""],
    ]
    let text = "\u{FEFF}" + rows.map { $0.joined(separator: delimiter) }.joined(separator: end)
    for text in [text, text + end, text + end + end] {
      let log = try read(text)
      #expect(log.table.itemNames == ["A", "B"])
      #expect(log.table.sessionCount == 1)
      #expect(log.catalogue.items.map(\.title) == ["x", "x\(delimiter)y\"z"])
    }
  }

  /// Random rows, written with quotes where they are needed and at random where not, read back the same, in one chunk and
  /// in chunks of any size, gzipped or not.
  @Test func readsBackWhatWasWritten() throws {
    var generator = SeededGenerator(11)
    let alphabet = ["a", "Z", "é", "😀", ",", "\"", "\n", "\r\n", " x", "\t", ";", "0", "\\", "'"]
    for round in 0..<60 {
      let titles = (0..<40).map { _ in
        "t"
          + (0..<Int.random(in: 0...8, using: &generator)).map { _ in alphabet.randomElement(using: &generator)! }
          .joined() + "."
      }
      func quoted(_ text: String) -> String {
        let isNeeded = text.contains { ",\"\n\r\r\n".contains($0) }
        guard isNeeded || Bool.random(using: &generator) else { return text }
        return "\"" + text.replacing("\"", with: "\"\"") + "\""
      }
      let end = Bool.random(using: &generator) ? "\n" : "\r\n"
      var lines = ["session_id,title,item_id,time"]
      lines += titles.enumerated().map { "s,\(quoted($1)),\(quoted("i\($0)")),\($0)" }
      let text = lines.joined(separator: end)
      let folder = try TemporaryFolder()
      let path = try folder.write(text, to: "events.csv")
      for path in [path, try folder.gzip(path)] {
        var input = EventLog.Input(events: [path])
        input.chunkLength = round == 0 ? 256 << 10 : Int.random(in: 1...200, using: &generator)
        let log = try EventLog(reading: input, configuration: .default)
        #expect(log.catalogue.items.map(\.title) == titles, "\(text)")
        #expect(log.table.times == Array(0..<40))
      }
    }
  }

  @Test func concatenatedGzipMembersAreOneText() throws {
    let folder = try TemporaryFolder()
    var data = Data()
    for (index, part) in ["session_id,item_id,ti", "me\ns,A,1\ns,", "", "B,2\n"].enumerated() {
      data += try Data(contentsOf: URL(filePath: try folder.gzip(folder.write(part, to: "\(index)"))))
    }
    #expect(try read(data).table.itemNames == ["A", "B"])
    #expect(try read(data + Data(count: 100)).table.itemNames == ["A", "B"], "zeros after the end are padding")
    #expect(throws: EventLogError.self) { try read(data + Data("junk".utf8)) }
    #expect(try read(data, chunkLength: 1).table.itemNames == ["A", "B"])
  }

  @Test func readsSeveralFilesInOrder() throws {
    let folder = try TemporaryFolder()
    let first = try folder.write("session_id,item_id,time\ns,A,1\n", to: "1.csv")
    let second = try folder.write("{\"time\":2,\"session_id\":\"s\",\"item_id\":\"B\"}\n", to: "2.ndjson")
    let third = try folder.write("time\tx\titem_id\tsession_id\n3\t?\tA\tt\n", to: "3.tsv")
    var progress: [ReadProgress] = []
    var input = EventLog.Input(events: [first, try folder.gzip(second), third])
    input.progress = { progress.append($0) }
    let log = try EventLog(reading: input, configuration: .default)
    #expect(log.table.itemNames == ["A", "B", "A"])
    #expect(log.table.sessions == [0, 0, 1])
    #expect(log.events.files.map(\.rows) == [1, 1, 1])
    #expect(progress.last?.bytes == progress.last?.totalBytes)
    #expect(progress.last?.rows == 3)
    #expect(progress.map(\.bytes) == progress.map(\.bytes).sorted())
  }

  /// A pipe has no size and cannot be read twice.
  @Test func readsAPipe() throws {
    let folder = try TemporaryFolder()
    let plain = try folder.write("session_id,item_id,time\r\ns,A,1\r\ns,B,2\r", to: "events.csv")
    for path in [plain, try folder.gzip(plain)] {
      let pipe = folder.url.appending(path: "pipe").path
      try #require(mkfifo(pipe, 0o600) == 0)
      let process = Process()
      process.executableURL = URL(filePath: "/bin/sh")
      process.arguments = ["-c", "cat '\(path)' > '\(pipe)'"]
      try process.run()
      var totals: [UInt64?] = []
      var input = EventLog.Input(events: [pipe])
      input.progress = { totals.append($0.totalBytes) }
      let table = try EventLog(reading: input, configuration: .default).table
      process.waitUntilExit()
      #expect(table.itemNames == ["A", "B"])
      #expect(totals.allSatisfy { $0 == nil } && !totals.isEmpty)
      try FileManager.default.removeItem(atPath: pipe)
    }
  }

  @Test func aMissingColumnIsNamedWithThoseThatAreThere() {
    func message(_ text: String, _ yaml: String = "") -> String {
      do { return "\(try read(text, yaml).table.count) events" } catch { return "\(error)" }
    }
    #expect(
      message("session_id,item,time\ns,A,1").hasSuffix(
        "there is no column \"item_id\" (item_id); the columns are: session_id, item, time"))
    #expect(
      message("session_id,item_id,time\ns,A,1", "events: { columns: { region: Country } }").hasSuffix(
        "there is no column \"Country\" (events.columns.region); the columns are: session_id, item_id, time"))
    #expect(
      message("session_id,item_id,time\ns,A,1", "events: { skip: [ { column: Qty, below: 1 } ] }").hasSuffix(
        "there is no column \"Qty\" (a skip rule); the columns are: session_id, item_id, time"))
    #expect(message("item_id,time\nA,1").contains("neither a session column nor a user column"))
    #expect(message("session_id,item_id,time,time\ns,A,1,1").hasSuffix("names the column \"time\" twice"))
    #expect(message("").hasSuffix("there is no header line with the names of the columns"))
    #expect(message("\n\n").hasSuffix("there is no header line with the names of the columns"))
    #expect(message("session_id,item_id,time\n").hasSuffix("no event was kept of 0 rows"))
    #expect(throws: EventLogError.self) {
      try EventLog(reading: .init(events: ["/nonexistent"]), configuration: .default)
    }
    #expect(throws: EventLogError.self) { try EventLog(reading: .init(events: ["/tmp"]), configuration: .default) }
    #expect(throws: EventLogError.self) { try read(Data([0xFF, 0xFE, 0x73, 0x00])) }
  }
}
