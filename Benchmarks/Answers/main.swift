import ArgumentParser
import Bytes
import Digest
import EdgeService
import Foundation

/// Whole answers of the native scorer, HTTP message in and JSON out: the peer of `drivers/answers.mjs`, which prints the same samples.
struct AnswersBenchmark: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "answers-benchmark")

  @Argument(help: "Request messages, one after the other.") var messages: String
  @Argument(help: "How often each is answered.") var rounds: Int
  @Argument(help: "What is open: KIND=FILE.") var files: [String]

  func run() throws {
    let service = Service()
    let opened = try files.map { try open($0, in: service) }
    service.warmUp()
    let stream = try contents(messages)
    var sequence = MessageSequence(stream.view)
    var requests: [ByteView] = []
    while let message = sequence.next() { requests.append(message) }
    let expected = requests.map { answer(to: $0, of: service).bytes }
    var whole: [Int] = []
    var inside: [Int] = []
    for round in -4..<rounds {
      for (request, response) in zip(requests, expected) {
        let answered = answer(to: request, of: service)
        guard answered.bytes == response else { throw ValidationError("an answer has changed") }
        guard round >= 0 else { continue }
        whole.append(answered.whole)
        inside.append(answered.inside)
      }
    }
    withExtendedLifetime((opened, stream)) {}
    print("{\"whole\": \(whole), \"inside\": \(inside), \"digest\": \"\(digest(expected))\"}")
  }

  /// The bytes, which the service reads in place.
  private func open(_ argument: String, in service: Service) throws -> OwnedBytes {
    let parts = argument.split(separator: "=", maxSplits: 1)
    guard parts.count == 2, let kind = UInt32(parts[0]) else { throw ValidationError("\(argument): not KIND=FILE") }
    let bytes = try contents(String(parts[1]))
    if let problem = service.open(kind: kind, bytes.view) {
      let words = UnsafeRawBufferPointer(start: problem.start, count: problem.count)
      throw ValidationError("\(parts[1]): \(String(decoding: words, as: UTF8.self))")
    }
    return bytes
  }

  private func contents(_ path: String) throws -> OwnedBytes {
    OwnedBytes(copying: [UInt8](try Data(contentsOf: URL(filePath: path))))
  }

  /// The bytes, copied out, as a host has to, and nanoseconds: of all of it, and of the service's part.
  private func answer(to request: ByteView, of service: Service) -> (bytes: [UInt8], whole: Int, inside: Int) {
    let clock = ContinuousClock()
    let start = clock.now
    let response = service.handle(request)
    let handled = clock.now
    let bytes = [UInt8](UnsafeRawBufferPointer(start: response.start, count: response.count))
    return (bytes, Int((clock.now - start) / .nanoseconds(1)), Int((handled - start) / .nanoseconds(1)))
  }

  private func digest(_ responses: [[UInt8]]) -> String {
    let bytes = OwnedBytes(copying: responses.flatMap { $0 })
    let digest = withExtendedLifetime(bytes) { SHA256.hash(bytes.view) }
    let digits = Array("0123456789abcdef")
    return String(digest.indices.flatMap { [digits[Int(digest[$0] >> 4)], digits[Int(digest[$0] & 15)]] })
  }
}

AnswersBenchmark.main()
