import Configuration
import EventLog
import Foundation
import Testing

@Suite struct ErasureTests {
  private static func forget(
    _ user: String?, sessions: [String] = [], events: [String], rejects: [String] = [], yaml: String = ""
  ) throws -> [Erasure.Report] {
    var erasure = Erasure(user: user, sessions: sessions, try Configuration(yaml: yaml))
    var reports: [Erasure.Report] = []
    try erasure.run(events: events, rejects: rejects) { reports.append($0) }
    return reports
  }

  private static func bytes(_ path: String) throws -> Data { try Data(contentsOf: URL(filePath: path)) }

  /// What the folder holds beside `names`.
  private static func leftovers(_ folder: TemporaryFolder, _ names: [String]) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.url.path).filter { !names.contains($0) }
  }

  /// Rows of every kind that a file can have; those of `ann` are marked with `true`.
  static let csv: [(text: String, isAnns: Bool)] = [
    ("\u{FEFF}session_id,user_id,item_id,event,time,\"no,te\"\r\n", false),
    ("s1,bob,tea,view,1700000000,\r\n", false),
    ("s2,ann,tea,view,1700000000,x\r\n", true),
    ("\r\n", false),
    ("s2,,cup,view,1700000001,before she signed in\n", true),
    ("s3, ann ,\"tea\",view,1700000002,\"a \"\"note\"\"\r\nof two lines\"\r\n", true),
    ("s1,annette,cup,view,1700000003,ann\r\n", false),
    ("s4,bob,cup,view,not a time,\r\n", false),
    ("s5,ann,cup,nonsense,not a time,\r\n", true),
    ("too,few\r\n", false),
    ("s6,\"ann\"x,cup,view,1700000004,\r\n", true),
    ("s6,\"bob\"x,cup,view,1700000004,\r\n", false),
    ("s7,,cup,view,1700000005,ann was here", false),
  ]

  @Test(arguments: [false, true])
  func everyOtherByteStays(isCompressed: Bool) throws {
    let folder = try TemporaryFolder()
    let plain = try folder.write(Self.csv.map(\.text).joined(), to: "events.csv")
    let path = isCompressed ? try folder.gzip(plain) : plain
    let permissions = 0o640
    try FileManager.default.setAttributes([.posixPermissions: permissions], ofItemAtPath: path)
    let report = try Self.forget("ann", events: [path])
    #expect(report.map(\.file) == [path])
    #expect([report[0].rows, report[0].ofUser, report[0].ofSessions, report[0].unfit] == [11, 3, 1, 1])
    #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == permissions)
    let left = isCompressed ? try Self.gunzip(path) : try Self.bytes(path)
    #expect(left == Data(Self.csv.filter { !$0.isAnns }.map(\.text).joined().utf8))
    #expect(try Self.leftovers(folder, ["events.csv", "events.csv.gz"]).isEmpty)
    // Once more there is nothing to do, and the file is not touched.
    let before = try Self.bytes(path)
    let inode = try FileManager.default.attributesOfItem(atPath: path)[.systemFileNumber] as? Int
    #expect(try Self.forget("ann", events: [path])[0].removed == 0)
    #expect(try Self.bytes(path) == before)
    #expect(try FileManager.default.attributesOfItem(atPath: path)[.systemFileNumber] as? Int == inode)
  }

  private static func gunzip(_ path: String) throws -> Data {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["gzip", "-dc", path]
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0)
    return data
  }

  @Test func objectsInLines() throws {
    let folder = try TemporaryFolder()
    let kept = [
      "{\"user\":{\"id\":\"bob\"},\"session_id\":\"1\",\"item_id\":\"a\"}\n", "\n",
      "{\"session_id\":\"3\",\"item_id\":\"ann\"}\n", "{\"user\":{\"id\":\"ann\\u0061\"}}\n",
    ]
    let removed = [
      "{\"user\":{\"id\":\"ann\"},\"session_id\":\"2\",\"item_id\":\"a\"}\n",
      "{\"session_id\":\"2\",\"item_id\":\"b\"}\n",
      "{\"user\":{\"id\":\"\\u0061nn\"}}\n", "{\"user\":{\"id\":\"ann\"},\"item_id\":\n",
    ]
    let path = try folder.write(zip(kept, removed).map { $0 + $1 }.joined(), to: "events.ndjson")
    let yaml = "events: { columns: { user_id: user.id, session_id: session_id } }"
    #expect(try Self.forget("ann", events: [path], yaml: yaml)[0].removed == 4)
    #expect(try Self.bytes(path) == Data(kept.joined().utf8))
  }

  @Test func sessionsOfOneFileAreFoundInAnother() throws {
    let folder = try TemporaryFolder()
    let header = "session_id\tuser_id\titem_id\ttime\n"
    let first = try folder.write(header + "s1\t\ttea\t1\ns2\t\ttea\t1\n", to: "a.tsv")
    let second = try folder.write(header + "s1\t7\tcup\t2\ns2\t77\tcup\t2\n", to: "b.tsv")
    #expect(try Self.forget("7", events: [first, second]).map(\.removed) == [1, 1])
    #expect(try Self.bytes(first) == Data((header + "s2\t\ttea\t1\n").utf8))
    #expect(try Self.bytes(second) == Data((header + "s2\t77\tcup\t2\n").utf8))
  }

  /// Of a session that was asked for every row goes, named or not, and no row of another session of the people it names.
  @Test func sessionsGoAsAWhole() throws {
    let folder = try TemporaryFolder()
    let rows = [
      "session_id,item_id,user_id,time\n", "s1,tea,,1\n", "s2,tea,ann,2\n", "s1,cup,ann,3\n", "s3,,s1,4\n",
      "s12,pot,,5\n",
      "\"s1\"x,pot,,6\n", "s4,cup,bob,7\n",
    ]
    let isOfTheirs = [false, true, false, true, false, false, true, true]
    let path = try folder.write(rows.joined(), to: "events.csv")
    let report = try Self.forget(nil, sessions: ["s1", "s4"], events: [path])[0]
    #expect([report.ofUser, report.ofSessions, report.unfit] == [0, 3, 1])
    #expect(try Self.bytes(path) == Data(zip(rows, isOfTheirs).filter { !$1 }.map(\.0).joined().utf8))
    let both = try folder.write(rows.joined(), to: "both.csv")
    #expect(try Self.forget("ann", sessions: ["s4"], events: [both])[0].removed == 5)
  }

  @Test func rejectsGoToo() throws {
    let folder = try TemporaryFolder()
    let events = try folder.write(
      "session_id,user_id,item_id,time\ns1,ann,tea,1700000000\ns1,ann,,2\ns2,bob,,3\ns1,,,4\n\"s9\"x,a\tnn,,\n\"s9\"x,\tann,,\n",
      to: "e.csv")
    let rejects = folder.url.appending(path: "rejects.tsv").path
    var input = EventLog.Input(events: [events])
    input.rejectsPath = rejects
    _ = try EventLog(reading: input, configuration: Configuration(yaml: anyShare))
    let lines = String(decoding: try Self.bytes(rejects), as: UTF8.self).split(separator: "\n")
    #expect(lines.count == 6)
    let reports = try Self.forget("ann", events: [events], rejects: [rejects])
    #expect(reports.map(\.removed) == [4, 3])
    let left = String(decoding: try Self.bytes(rejects), as: UTF8.self).split(separator: "\n")
    #expect(left == [lines[0], lines[2], lines[4]])
  }

  /// Fuzzing found that a row was searched after its memory had been freed, which overwrites its start.
  @Test func theStartOfARejectIsSearchedToo() throws {
    let folder = try TemporaryFolder()
    let rejects = try folder.write("file\tline\treason\trow\nann\t4\tx\ty\ne\t3\tx\tann\ne\t5\tx\tbob\n", to: "r.tsv")
    #expect(try Self.forget("ann", events: [], rejects: [rejects]).map(\.removed) == [2])
    #expect(String(decoding: try Self.bytes(rejects), as: UTF8.self) == "file\tline\treason\trow\ne\t5\tx\tbob\n")
  }

  /// Fuzzing found that an id was missed, or found in the middle of a word, where a row that is too long is read in pieces.
  @Test(arguments: 1...9) func piecesOfALongRowHideNoID(chunkLength: Int) throws {
    let folder = try TemporaryFolder()
    let header = "file\tline\treason\trow\n"
    let others = "e\t4\ttoo long\tbob,joann,anna,xxxxxxxxx\n"
    let rejects = try folder.write(header + "e\t3\ttoo long\tbob,xxxxxxxxx,ann,x\n" + others, to: "r.tsv")
    var erasure = Erasure(user: "ann", try Configuration(yaml: ""))
    (erasure.chunkLength, erasure.rowLengthMax) = (chunkLength, 8)
    var removed: UInt64 = 0
    try erasure.run(events: [], rejects: [rejects]) { removed += $0.removed }
    #expect(removed == 1)
    #expect(String(decoding: try Self.bytes(rejects), as: UTF8.self) == header + others)
  }

  @Test func aRowLongerThanTheLimitIsTakenWhole() throws {
    let folder = try TemporaryFolder()
    let header = "session_id,user_id,item_id,time\n"
    let long = String(repeating: "x", count: 3 << 20)
    let own = "s2,ann,\(long),1\n"
    let path = try folder.write(header + "s1,bob,\(long),1\n" + own + "s1,bob,tea,1\n", to: "events.csv")
    #expect(try Self.forget("ann", events: [path])[0].unfit == 1)
    #expect(try Self.bytes(path) == Data((header + "s1,bob,\(long),1\n" + "s1,bob,tea,1\n").utf8))
  }

  @Test func aFailureLeavesTheFileWhole() throws {
    let folder = try TemporaryFolder()
    let text = "session_id,user_id,item_id,time\ns1,ann,tea,1\n" + (0..<20_000).map { "s\($0),u,t,\($0)\n" }.joined()
    let plain = try folder.write(text, to: "events.csv")
    // Where the new file would be written there is something else.
    let blocked = folder.url.appending(path: ".events.csv.forget").path
    try FileManager.default.createDirectory(atPath: blocked, withIntermediateDirectories: false)
    #expect(throws: ErasureError.self) { try Self.forget("ann", events: [plain]) }
    #expect(try Self.bytes(plain) == Data(text.utf8))
    try FileManager.default.removeItem(atPath: blocked)
    // Damaged towards its end: known only once most has been read.
    let data = try Self.bytes(try folder.gzip(plain))
    let damaged = try folder.write(data.dropLast(9), to: "damaged.csv.gz")
    #expect(throws: EventLogError.self) { try Self.forget("ann", events: [damaged]) }
    #expect(try Self.bytes(damaged) == data.dropLast(9))
    #expect(try Self.leftovers(folder, ["events.csv", "events.csv.gz", "damaged.csv.gz"]).isEmpty)
  }

  @Test func whatCannotBeDoneIsSaid() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("session_id,item_id,time\ns1,tea,1\n", to: "events.csv")
    #expect(throws: ErasureError.noColumn(.userID, file: path, found: ["session_id", "item_id", "time"])) {
      try Self.forget("ann", events: [path])
    }
    let users = try folder.write("user_id,item_id,time\nann,tea,1\n", to: "users.csv")
    #expect(throws: ErasureError.noColumn(.sessionID, file: users, found: ["user_id", "item_id", "time"])) {
      try Self.forget(nil, sessions: ["s1"], events: [users])
    }
    #expect(throws: ErasureError.notAFile(path: "standard input")) { try Self.forget("ann", events: ["-"]) }
    #expect(throws: EventLogError.self) { try Self.forget("ann", events: [folder.url.appending(path: "none").path]) }
  }

  /// A purchase that only one person made is in no build after it.
  @Test func theNextBuildKnowsNothing() throws {
    let folder = try TemporaryFolder()
    let header = "session_id,user_id,item_id,time\n"
    let path = try folder.write(header + "s1,ann,secret,1700000000\ns2,bob,tea,1700000000\n", to: "events.csv")
    func items() throws -> [String] {
      try EventLog(reading: EventLog.Input(events: [path]), configuration: .default).table.itemIDs
    }
    #expect(try items() == ["secret", "tea"])
    _ = try Self.forget("ann", events: [path])
    #expect(try items() == ["tea"])
  }
}
