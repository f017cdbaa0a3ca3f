import ArgumentParser
import Bytes
import Digest
import EdgeService
import Foundation

/// Whole answers of the native scorer, HTTP message in and JSON out: the peer of `drivers/answers.mjs`, which prints the same figures.
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
    // The bytes of a response are copied out, as a host has to.
    func answer(_ request: ByteView) -> [UInt8] {
      let response = service.handle(request)
      return [UInt8](UnsafeRawBufferPointer(start: response.start, count: response.count))
    }
    let expected = requests.map(answer)
    var whole: [Int] = []
    var inside: [Int] = []
    for round in -2..<rounds {
      for (request, response) in zip(requests, expected) {
        let (nanoseconds, bytes) = timed { answer(request) }
        guard bytes == response else { throw ValidationError("an answer has changed") }
        if round >= 0 { whole.append(nanoseconds) }
      }
      for (request, response) in zip(requests, expected) {
        let (nanoseconds, count) = timed { service.handle(request).count }
        guard count == response.count else { throw ValidationError("an answer has changed") }
        if round >= 0 { inside.append(nanoseconds) }
      }
    }
    withExtendedLifetime((opened, stream)) {}
    let figures = "\"whole\": \(summary(whole)), \"inside\": \(summary(inside))"
    print("{\(figures), \"digest\": \"\(digest(expected))\"}")
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

  private func timed<Result>(_ body: () -> Result) -> (nanoseconds: Int, Result) {
    let clock = ContinuousClock()
    let start = clock.now
    let result = body()
    return (Int((clock.now - start) / .nanoseconds(1)), result)
  }

  private func digest(_ responses: [[UInt8]]) -> String {
    let bytes = OwnedBytes(copying: responses.flatMap { $0 })
    let digest = withExtendedLifetime(bytes) { SHA256.hash(bytes.view) }
    let digits = Array("0123456789abcdef")
    return String(digest.indices.flatMap { [digits[Int(digest[$0] >> 4)], digits[Int(digest[$0] & 15)]] })
  }

  private func summary(_ nanoseconds: [Int]) -> String {
    let sorted = nanoseconds.sorted()
    return "{\"p50\": \(sorted[sorted.count / 2]), \"p99\": \(sorted[sorted.count * 99 / 100])}"
  }
}

AnswersBenchmark.main()
