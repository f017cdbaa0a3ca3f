import EventLog
import Testing

@Suite struct NDJSONTests {
  @Test func keysPathsAndKinds() throws {
    let log = try read(
      #"""
      {"event_name":"view_item","params":{"item_id":"A\u00e9","page":{"region":"DE"}},"user_pseudo_id":17850.0,"event_timestamp":1600000000123}

      {"event_name":"purchase","params":{"item_id":12},"user_pseudo_id":"u\n2","event_timestamp":"2020-09-13T12:26:41+00:00","a.b":true}
      {"event_name":"purchase","params":{"item_id":12},"user_pseudo_id":null,"event_timestamp":1600000000}
      {"event_name":"page_scroll","params":{},"user_pseudo_id":"u","event_timestamp":1600000000}
      """#,
      #"""
      events:
        columns: { item_id: params.item_id, event: event_name, user_id: user_pseudo_id, time: event_timestamp, title: a.b, region: params.page.region }
        names: { page_scroll: skip }
        reject: { max_share: 1 }
      """#)
    #expect(log.reasons == ["3 control character in an id", "4 missing user"])
    #expect(log.events.skipped.first?.rows == 1)
    #expect(log.table.itemNames == ["Aé"])
    #expect(log.table.regionNames == ["DE"])
    #expect(log.table.times == [1_600_000_000])
  }

  @Test func unfitLines() throws {
    let good = #"{"session_id":"s","item_id":"A","time":1}"#
    let log = try read(
      [
        good, "{\"session_id\":", "[1]", #"{"session_id":{},"item_id":"A","time":1}"#, #"{"item_id":"A","time":1}"#,
        #"{"session_id":"s","item_id":"A","time":true}"#,
        #"{"a.b":1,"session_id":"s","item_id":"B","time":1,"title":null}"#,
        "null", good + "x",
      ].joined(separator: "\n"), anyShare)
    #expect(
      log.reasons == [
        "2 invalid JSON", "3 not a JSON object", "4 JSON object or list where a value is expected", "5 missing session",
        "6 bad time", "8 not a JSON object", "9 invalid JSON",
      ])
    #expect(log.table.itemNames == ["A", "B"])
  }

  @Test(arguments: [1, 7, 256 << 10])
  func chunksDoNotMatter(chunkLength: Int) throws {
    let lines = (0..<500).map { #"{"session_id":"s\#($0 / 5)","item_id":"\\i\#($0 % 70)\u0041","time":\#($0)}"# }
    let table = try read(lines.joined(separator: "\r\n"), chunkLength: chunkLength).table
    #expect(table.itemNames == (0..<500).map { "\\i\($0 % 70)A" })
    #expect(table.sessions == (0..<500).map { $0 / 5 })
  }
}
