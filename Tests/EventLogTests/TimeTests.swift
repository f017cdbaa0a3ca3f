import EventLog
import Foundation
import Testing

@Suite struct TimeTests {
  private func seconds(_ texts: [String], _ format: String, zone: String = "UTC") throws -> [UInt32?] {
    let rows = ["item_id\tsession_id\ttime", "first\ts\t\(texts[0])"] + texts.map { "\($0)\ts\t\($0)" }
    let log = try read(
      rows.joined(separator: "\n"),
      "events: { format: tsv, time: { format: \"\(format)\", zone: \(zone) }, reject: { max_share: 1 } }")
    let known = Dictionary(zip(log.table.itemNames, log.table.times), uniquingKeysWith: { $1 })
    return texts.map { known[$0] }
  }

  @Test func unix() throws {
    #expect(
      try seconds(
        ["1592337718.0", "0", "4294967295", "1592337718.999", "1.592337718e9", "4294967296", "-1", "1e3x"], "unix")
        == [1_592_337_718, 0, .max, 1_592_337_718, 1_592_337_718, nil, nil, nil])
    #expect(try seconds(["1592337718999", "999"], "unix_ms") == [1_592_337_718, 0])
    #expect(
      try seconds(["99999999", "1592337718999", "2020-06-16"], "auto") == [99_999_999, 1_592_337_718, 1_592_265_600])
  }

  @Test func iso8601() throws {
    let right = [
      "2010-12-01T08:26:00Z", "2010-12-01 08:26", "2010-12-01T08:26:00.123456+00:00", "2010-12-01T10:26:00+02:00",
      "2010-12-01T03:56:00-0430", "2010-12-01T09:26:00+01", "2010-12-01 08:26:00 UTC",
    ]
    #expect(try seconds(right, "iso8601") == Array(repeating: 1_291_191_960, count: right.count))
    let wrong = [
      "2010-12-01", "2010-13-01", "2010-02-29", "2010-12-01T24:00:00", "2010-12-01T08:60:00", "2010-12-01T08:26:00Zx",
      "2010-12-01T", "10-12-01", "1969-12-31T23:59:59Z", "2107-01-01", "2010-12-01T08:26:00+15:00",
      "2010-12-01T08:26:00.",
    ]
    #expect(try seconds(wrong, "iso8601") == [1_291_161_600] + Array(repeating: nil, count: wrong.count - 1))
  }

  @Test func patterns() throws {
    #expect(try seconds(["01.12.10 8:26", "1.2.10 23:05"], "%d.%m.%y %H:%M") == [1_291_191_960, 1_265_065_500])
    #expect(
      try seconds(
        ["Dec 1 2010 08:26:00 AM", "dec  1 2010 12:26:00 pm", "Foo 1 2010 08:26:00 AM"], "%b %e %Y %I:%M:%S %p")
        == [1_291_191_960, 1_291_206_360, nil])
    #expect(try seconds(["2010-335/100%", "2010-366/100%"], "%Y-%j/100%%") == [1_291_161_600, nil])
    #expect(try seconds(["2010-12-01T08:26:00.5 -0100"], "%FT%T.%f %z") == [1_291_195_560])
  }

  /// Foundation's calendar as the oracle, every ninth hour over three years, in zones with unlike rules.
  @Test(arguments: ["Europe/London", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata"])
  func zones(name: String) throws {
    let zone = try #require(TimeZone(identifier: name))
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = zone
    let times = stride(from: 1_262_304_000, to: 1_356_998_400, by: 9 * 3600 + 60).map { UInt32($0) }
    let texts = times.map { time in
      let parts = calendar.dateComponents(
        [.year, .month, .day, .hour, .minute, .second], from: Date(timeIntervalSince1970: Double(time)))
      return String(
        format: "%04d-%02d-%02d %02d:%02d:%02d", parts.year!, parts.month!, parts.day!, parts.hour!, parts.minute!,
        parts.second!)
    }
    let read = try seconds(texts, "auto", zone: name)
    for (index, time) in times.enumerated() where read[index] != time {
      // A local time that the clocks show twice may be read as the other one.
      let other = try #require(read[index])
      let isAmbiguous =
        zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(other)))
        - zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(time))) == Int(time) - Int(other)
      #expect(isAmbiguous, "\(texts[index]) \(time) \(other)")
    }
    #expect(zip(times, read).count { $0 == $1 } > times.count - 8)
  }

  @Test func aFixedOffsetIsTakenOff() throws {
    #expect(try seconds(["2010-12-01 10:26:00"], "auto", zone: "+02:00") == [1_291_191_960])
  }
}
