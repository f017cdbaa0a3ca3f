import ArgumentParser
import Bytes
import EdgeService
import Foundation
import SnapshotWriter

struct Answer: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "The native scorer: HTTP request messages on standard input, responses on standard output.",
    discussion: """
      The same code as the wasm module. Messages follow each other; one with a body has a Content-Length.

      printf 'GET /recommendations?n=3 HTTP/1.1\\r\\n\\r\\n' | martlet answer --snapshots DIR
      """)

  @Option(name: .long, help: "A directory that `martlet build` has published to.")
  var snapshots: String

  @Flag(name: .long, help: "Answer each message by a fresh instance.")
  var fresh = false

  func run() throws {
    let manifest = try Manifest.load(directory: snapshots)
    let snapshot = try PublishedSnapshot(manifest, in: snapshots)
    let input = OwnedBytes(copying: [UInt8](FileHandle.standardInput.readDataToEndOfFile()))
    var messages = MessageSequence(input.view)
    let reused = try snapshot.open()
    while let message = messages.next() {
      let service = fresh ? try snapshot.open() : reused
      // The response stands in the service's memory.
      withExtendedLifetime(service) { FileHandle.standardOutput.write(Data(service.handle(message).bytes)) }
    }
    withExtendedLifetime(snapshot) {}
  }
}
