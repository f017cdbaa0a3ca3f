import ArgumentParser
import Report

struct Inspect: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Shows what is in a snapshot file: tables, counts, bytes, and what the budget bought.")

  @Argument(help: "A base, region or text file.")
  var file: String

  @Flag(name: .long, help: "As JSON.")
  var json = false

  func run() throws {
    do {
      let inspection = try SnapshotInspection(path: file)
      print(json ? try inspection.json : inspection.text)
    } catch {
      throw UnreadableFile(path: file, reason: "\(error)")
    }
  }
}

private struct UnreadableFile: Error, CustomStringConvertible {
  let path: String
  let reason: String
  var description: String { "\(path): \(reason)" }
}
