import Configuration
import EventLog
import Foundation
import Testing

/// A folder that is removed with the test.
final class TemporaryFolder {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appending(path: "martlet-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  func write(_ text: String, to name: String) throws -> String { try write(Data(text.utf8), to: name) }

  func write(_ data: Data, to name: String) throws -> String {
    let path = url.appending(path: name).path
    try data.write(to: URL(filePath: path))
    return path
  }

  /// The file gzipped by the system's gzip.
  func gzip(_ path: String) throws -> String {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["gzip", "-kf", path]
    try process.run()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0)
    return path + ".gz"
  }
}

/// Reads one text as events.
func read(
  _ text: String, _ yaml: String = "", catalogue: String? = nil, chunkLength: Int = 256 << 10
) throws -> EventLog {
  try read(Data(text.utf8), yaml, catalogue: catalogue, chunkLength: chunkLength)
}

func read(_ data: Data, _ yaml: String = "", catalogue: String? = nil, chunkLength: Int = 256 << 10) throws -> EventLog
{
  let folder = try TemporaryFolder()
  var input = EventLog.Input(events: [try folder.write(data, to: "events")])
  if let catalogue { input.catalogue = [try folder.write(catalogue, to: "catalogue")] }
  input.chunkLength = chunkLength
  return try withExtendedLifetime(folder) { try EventLog(reading: input, configuration: Configuration(yaml: yaml)) }
}

/// Accepts any share of unfit rows, so that a test can look at them.
let anyShare = "events: { reject: { max_share: 1, show: 100 } }\n"

extension EventLog {
  /// Line numbers and reasons of the first rejects.
  var reasons: [String] { events.firstRejects.map { "\($0.line) \($0.reason.rawValue)" } }
}

extension EventTable {
  var itemNames: [String] { items.map { itemIDs[Int($0)] } }
}
