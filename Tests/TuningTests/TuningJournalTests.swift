import Foundation
import TestSupport
import Testing
import Tuning

struct TuningJournalTests {
  private let folder: TemporaryFolder
  private let events: String
  private var path: String { folder.path("tune.ndjson") }

  init() throws {
    folder = try TemporaryFolder()
    events = try folder.write("session_id,item_id,time\n", to: "events.csv")
  }

  private func identity(_ configuration: String = "seed: 1", _ settings: String = "next") throws
    -> TuningJournal.Identity
  {
    try TuningJournal.Identity(files: [events], configuration: configuration, settings: settings)
  }

  private func open(_ identity: TuningJournal.Identity, latest: UInt32 = 1) throws -> TuningJournal {
    try TuningJournal(path: path, identity: identity, latest: latest)
  }

  private func opened() throws -> TuningJournal { try open(identity()) }

  private func trial(_ number: Int) -> Trial {
    Trial(
      values: number == 0 ? [:] : ["seed": "\(number)"],
      folds: [GroupedSums(sums: [1 / 3 + Double(number), 0.1], counts: [3, 4])], seconds: 0.1)
  }

  @Test func givesBackWhatWasWritten() throws {
    do {
      let journal = try opened()
      #expect(journal.trials.isEmpty)
      for number in 0..<3 { try journal.append(trial(number)) }
    }
    #expect(try opened().trials == (0..<3).map(trial))
  }

  /// A clock that has gone on lets no more events in, wherever in the file a kill was.
  @Test func theMomentOfTheFirstRunStays() throws {
    #expect(try open(identity(), latest: 1_600_000_000).latest == 1_600_000_000)
    do {
      let later = try open(identity(), latest: 1_600_086_400)
      #expect(later.latest == 1_600_000_000)
      try later.append(trial(0))
    }
    #expect(try open(identity(), latest: .max).latest == 1_600_000_000)
    let whole = try Data(contentsOf: URL(filePath: path))
    try whole.prefix(20).write(to: URL(filePath: path))
    #expect(try open(identity(), latest: .max).latest == .max, "nothing was read under the other")
  }

  /// Wherever a kill has cut the file, the whole lines count, and writing goes on after them.
  @Test func cutAnywhere() throws {
    do {
      let journal = try opened()
      for number in 0..<2 { try journal.append(trial(number)) }
    }
    let whole = try Data(contentsOf: URL(filePath: path))
    for count in 0...whole.count {
      try whole.prefix(count).write(to: URL(filePath: path))
      let lines = whole.prefix(count).count { $0 == UInt8(ascii: "\n") }
      do {
        let journal = try opened()
        #expect(journal.trials == (0..<max(0, lines - 1)).map(trial))
        try journal.append(trial(9))
      }
      #expect(try opened().trials.last == trial(9))
    }
  }

  private func error(_ open: () throws -> TuningJournal) -> String {
    do {
      _ = try open()
      return "none"
    } catch {
      return "\(error)"
    }
  }

  @Test func foreignJournalsAreRefused() throws {
    _ = try opened()
    let configuration = error { try open(identity("seed: 2")) }
    #expect(configuration.contains("tune.ndjson: this journal is of another run: its configuration is"))
    let settings = error { try open(identity("seed: 1", "basket")) }
    #expect(settings.contains("its setting is next, here it is basket"))
    try folder.write("session_id,item_id,time\n1,a,1\n", to: "events.csv")
    #expect(error { try opened() }.contains("its data is"))
    try folder.write("{\"other\":1}\n", to: "tune.ndjson")
    #expect(
      error { try opened() }.hasSuffix(
        "tune.ndjson:1: not a line of a tuning journal"))
  }

  @Test func damagedLinesAreNamed() throws {
    do { try opened().append(trial(0)) }
    let text = try String(contentsOfFile: path, encoding: .utf8)
    try folder.write(text + "{}\n", to: "tune.ndjson")
    #expect(
      error { try opened() }.hasSuffix(
        "tune.ndjson:3: not a line of a tuning journal"))
  }

  @Test func oneRunAtATime() throws {
    let journal = try opened()
    #expect(throws: TuningError.journalInUse(path: path)) { try opened() }
    withExtendedLifetime(journal) {}
  }

  @Test func unreadableData() {
    #expect(throws: TuningError.self) {
      try TuningJournal.Identity(files: [folder.path("none.csv")], configuration: "", settings: "")
    }
  }
}
