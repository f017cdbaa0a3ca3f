import ArgumentParser
import Foundation
import GRDB
import Report
import SnapshotWriter

struct Inspect: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Shows what is in a snapshot file: tables, counts, bytes, and what the budget bought.")

  @Argument(help: "Base, region or text files; or a directory of snapshots, for the base in force.")
  var files: [String]

  @Flag(name: .long, help: "As JSON.")
  var json = false

  func run() throws {
    for file in files {
      do {
        let inspection = try SnapshotInspection(path: try base(of: file))
        print(json ? try inspection.json : inspection.text)
      } catch let error as DatabaseError {
        throw UnreadableFile(path: file, reason: error.message ?? "not a SQLite file")
      }
    }
  }

  /// The file itself, or the base of the generation in force in a directory.
  private func base(of path: String) throws -> String {
    var isDirectory: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory), isDirectory.boolValue else {
      return path
    }
    let base = try Manifest.load(directory: path).files.first { $0.kind == "base" }
    return base.map { "\(path)/\($0.name)" } ?? path
  }
}

private struct UnreadableFile: Error, CustomStringConvertible {
  let path: String
  let reason: String
  var description: String { "\(path): \(reason)" }
}
