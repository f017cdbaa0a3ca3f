import Configuration
import EventLog
import Foundation
import Testing

@Suite struct RejectTests {
  @Test func everyReasonWithItsLine() throws {
    let text = [
      "session_id,item_id,event,time,price,title",
      "s,A,view,1,,",  // 2
      "s,A,view,1",  // 3
      "s,A,view,1,,,",  // 4: an empty field too many is none
      "s,A,view,1,,,x",  // 5
      "s,\"A\"x,view,1,,",  // 6
      "s,,view,1,,",  // 7
      ",A,view,1,,",  // 8
      "s,A,,1,,",  // 9
      "s,A,glance,1,,",  // 10
      "s,A,view,,,",  // 11
      "s,A,view,yesterday,,",  // 12
      "s,A,view,-1,,",  // 13
      "s,A,view,4294967296,,",  // 14
      "s,A,view,1,cheap,",  // 15
      "s,A,view,1,-2,",  // 16
      "s,A,view,1,42949672.95,",  // 17
      "s,A\u{1}B,view,1,,",  // 18
      "s,\(String(repeating: "A", count: 513)),view,1,,",  // 19
      "",  // 20: empty
      "s,,search,1,,",  // 21: left out
      "s,\"A\nB\",view,1,,",  // 22 and 23: a line feed in an id
      "s,A,view,1,,\"two",  // 24
      "lines\"",  // 25
      "s,A,view,x,,",  // 26
      "s,A,view,1,,\"open",  // 27: the quote is never closed
      "s,A,view,1,,",  // 28: still read
    ].joined(separator: "\n")
    let log = try read(text, anyShare)
    #expect(
      log.reasons == [
        "3 too few fields", "5 too many fields", "6 bad quoting", "7 missing item", "8 missing session",
        "9 missing event type", "10 unknown event type", "11 missing time", "12 bad time", "13 bad time", "14 bad time",
        "15 bad price", "16 bad price", "17 bad price", "18 control character in an id", "19 id too long",
        "22 control character in an id", "26 bad time", "27 bad quoting",
      ])
    #expect(log.table.count == 4)
    let skipped = log.events.skipped.filter { $0.rows > 0 }
    #expect(skipped.map(\.rule) == ["search without an item"] && skipped.map(\.rows) == [1])
    #expect(log.events.rows == log.events.kept + log.events.rejectedCount + 1)
    #expect(log.table.itemIDs == ["A"], "an unfit row leaves no trace")
    #expect(log.catalogue.items[0].title == "two\nlines")
  }

  @Test func invalidUTF8() throws {
    var data = Data("session_id,item_id,time,title\ns,A,1,caf".utf8)
    data += [0xE9] + Data("\ns,B".utf8) + [0xFF] + Data(",1,x\ns,C,1,ok\n".utf8)
    let log = try read(data, anyShare)
    #expect(log.reasons == ["2 invalid UTF-8", "3 invalid UTF-8"])
    #expect(log.table.itemNames == ["C"])
  }

  @Test(arguments: [256 << 10, 4_099])
  func aRowThatIsTooLongCostsOnlyItself(chunkLength: Int) throws {
    let folder = try TemporaryFolder()
    let long = "s,\(String(repeating: "x", count: 3 << 20)),1"
    let text = "session_id,item_id,time\ns,A,1\n\(long)\ns,B,2\n\(long)"
    var input = EventLog.Input(events: [try folder.write(text, to: "events.csv")])
    input.chunkLength = chunkLength
    input.rejectsPath = folder.url.appending(path: "rejects.tsv").path
    let log = try EventLog(reading: input, configuration: Configuration(yaml: anyShare))
    #expect(log.reasons == ["3 row too long", "5 row too long"])
    #expect(log.table.itemNames == ["A", "B"])
    let written = try String(contentsOfFile: input.rejectsPath!, encoding: .utf8).split(separator: "\n")
    #expect(written.dropFirst().map { $0.split(separator: "\t")[3] } == [long[...], long[...]])
  }

  @Test func aStrayQuoteCostsOneRow() throws {
    let rows = (0..<20_000).map { "s,\($0 == 10 ? "\"" : "")i\($0),1" }
    let log = try read((["session_id,item_id,time"] + rows).joined(separator: "\n"), anyShare)
    #expect(log.reasons == ["12 bad quoting"])
    #expect(log.table.count == 19_999)
  }

  @Test func allAreWrittenWhole() throws {
    let folder = try TemporaryFolder()
    let text = "session_id,item_id,time,title\ns,A,1,x\ns,,1,\"back\\slash\ttab\nline\r\nfeed\"\ns,A,never,x\n"
    let path = try folder.write(text, to: "e.csv")
    var input = EventLog.Input(events: [path])
    input.rejectsPath = folder.url.appending(path: "rejects.tsv").path
    let log = try EventLog(reading: input, configuration: Configuration(yaml: anyShare))
    #expect(log.events.rejected == [.missingItem: 1, .badTime: 1])
    let written = try String(contentsOfFile: input.rejectsPath!, encoding: .utf8)
    #expect(
      written == """
        file\tline\treason\trow
        \(path)\t3\tmissing item\ts,,1,"back\\\\slash\\ttab\\nline\\r\\nfeed"
        \(path)\t6\tbad time\ts,A,never,x

        """)
  }

  @Test func whatHasNotHappenedYetDoesNotFit() throws {
    let folder = try TemporaryFolder()
    let hosts = #"{"event_id":"e","event":"view","item_id":"C","time":101,"session_id":"s"}"# + "\n"
    let shops = "basket,item_id,time\ns,A,100\ns,B,101\ns,A,4294967295\n"
    var input = EventLog.Input(events: [try folder.write(shops, to: "e.csv"), try folder.write(hosts, to: "h.ndjson")])
    func log() throws -> EventLog {
      let yaml = "events: { columns: { session_id: basket }, reject: { max_share: 1 } }"
      return try EventLog(reading: input, configuration: Configuration(yaml: yaml))
    }
    #expect(try log().events.times == 100...4_294_967_295)
    input.latest = 100
    let rejecting = try log()
    #expect(rejecting.reasons == [3, 4, 1].map { "\($0) time in the future" })
    #expect(rejecting.table.itemIDs == ["A"] && rejecting.events.times == 100...100)
  }

  @Test func tooManyEndTheReadWithTheReasons() throws {
    let rows = (0..<100).map { $0 < 6 ? "s,,1" : "s,A,1" }
    let text = (["session_id,item_id,time"] + rows).joined(separator: "\n")
    let error = #expect(throws: EventLogError.self) { try read(text, "events: { reject: { show: 1 } }") }
    let message = try #require(error).description
    #expect(
      message.hasPrefix(
        "6 of 100 events rows (6.0 %) do not fit, more than the 5 % that reject.max_share allows: 6 missing item\n"))
    #expect(message.hasSuffix(":2: missing item: s,,1"))
    #expect(try read(text, "events: { reject: { max_share: 6% } }").table.count == 94)
  }

  /// 6,000 bad rows at the start of 200,000 are within the limit, however they are spread; a file that is mostly
  /// bad ends early.
  @Test func theShareIsJudgedAtTheEndUnlessMostRowsAreBad() throws {
    let header = "session_id,item_id,time"
    let clustered = [header] + (0..<200_000).map { $0 < 6_000 ? "s,,1" : "s,A,1" }
    #expect(try read(clustered.joined(separator: "\n")).table.count == 194_000)
    let wrong = [header] + (0..<200_000).map { _ in "s,A,x" }
    let error = #expect(throws: EventLogError.self) { try read(wrong.joined(separator: "\n")) }
    guard case .tooManyRejects("events", 10_000, [.badTime: 10_000], 0.05, _) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test func skippedRowsAreNoRejects() throws {
    let log = try read(
      "session_id,item_id,time,q\ns,A,1,0\nC1,A,1,5\ns,A,1,2.5\ns,A,1,many\nC2,,x,0\ns,A,1,\n",
      "events: { reject: { max_share: 1 }, skip: [ { column: session_id, matches: \"C*\" }, { column: q, below: 1 } ] }"
    )
    #expect(log.events.skipped.prefix(2).map(\.rows) == [2, 1])
    #expect(log.reasons == ["5 bad number", "7 bad number"])
    #expect(log.table.count == 1)
  }
}
