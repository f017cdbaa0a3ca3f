import ArgumentParser
import Bytes
import EdgeService
import Foundation
import SnapshotFormat
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
    // Bases first: the others belong to one.
    let files = try manifest.files.sorted { $0.kind == "base" && $1.kind != "base" }.map { file in
      (file, OwnedBytes(copying: [UInt8](try manifest.read(file, in: snapshots))))
    }
    func open() throws -> Service {
      let service = Service()
      for (file, bytes) in files {
        let kind = FileKind.allCases.first { "\($0.name)" == file.kind }?.rawValue ?? 0
        if let problem = service.open(kind: kind, bytes.view) {
          throw ValidationError("\(file.name): \(String(decoding: problem.bytes, as: UTF8.self))")
        }
      }
      return service
    }
    let input = OwnedBytes(copying: [UInt8](FileHandle.standardInput.readDataToEndOfFile()))
    var messages = MessageSequence(input.view)
    let reused = try open()
    while let message = messages.next() {
      let service = fresh ? try open() : reused
      // The response stands in the service's memory.
      withExtendedLifetime(service) { FileHandle.standardOutput.write(Data(service.handle(message).bytes)) }
    }
    withExtendedLifetime(files) {}
  }
}

extension ByteView {
  var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: start, count: count) }
}
