import Bytes
import Configuration
import EdgeService
import Evaluation
import EventLog
import Foundation
import Models
import Replay
import SnapshotFormat
import SnapshotWriter
import TestSupport
import Testing

struct QuestionSampleTests {
  private static let ids = ["Tasse für Öl", "a&b=c", "50 % + mehr", "plain", "茶/緑", "x?y#z"]

  /// What the evaluation has counted is what the service answers to the messages, with ids and regions of every kind.
  @Test(arguments: [
    EvaluationProtocol.next(excludingCurrent: true), .next(excludingCurrent: false), .basket(perBasket: 5),
  ])
  func messagesAskWhatWasAsked(kind: EvaluationProtocol) throws {
    let rows = noise(items: 40, sessions: 300, seed: 1).map { row in
      let number = Int(row.item.dropFirst())!
      return (row.session, number < Self.ids.count ? Self.ids[number] : row.item, "view", row.time)
    }
    let region: (Int) -> String = { ["Nord & Süd", "plain", ""][$0 % 3] }
    let yaml = "regions: { minimum_people: 10 }"
    let training = try readLog(eventsCSV(rows.filter { $0.0 < 220 }, region: region), yaml)
    // Some items of the test part are unknown to the training part.
    let later = rows.filter { $0.0 >= 220 }.map { ($0.0, $0.0 % 5 == 0 ? "new " + $0.1 : $0.1, $0.2, $0.3) }
    let configuration = try Configuration(yaml: yaml)
    let test = try TestSet(
      readLog(eventsCSV(later, region: region), yaml), protocol: kind, configuration: configuration, seed: 1)
    let folder = try TemporaryFolder()
    var evaluation = Evaluation(Evaluator(context: kind.context, parallelism: Parallelism(threads: 2)))
    (evaluation.resamples, evaluation.questions) = (100, QuestionSample(directory: folder.path, sample: 120))
    let subject = Evaluation.Subject(name: "test", configuration: configuration, training: training)
    #expect(try evaluation.run(subject, on: test).positions > 120)

    let service = Service()
    let directory = folder.path("snapshots")
    let manifest = try Manifest.load(directory: directory)
    let files = try FileKind.allCases.flatMap { kind in
      try manifest.files.filter { $0.kind == "\(kind.name)" }.map { file in
        (kind, OwnedBytes(copying: [UInt8](try manifest.read(file, in: directory))))
      }
    }
    for (kind, bytes) in files { #expect(service.open(kind: kind.rawValue, bytes.view) == nil) }
    let input = OwnedBytes(copying: [UInt8](try Data(contentsOf: URL(filePath: folder.path("requests.http")))))
    var messages = MessageSequence(input.view)
    let expected = try String(contentsOfFile: folder.path("answers.ndjson"), encoding: .utf8).split(separator: "\n")
    var answered: [[String]] = []
    var regions: Set<String> = []
    while let message = messages.next() {
      let response = service.handle(message)
      let text = String(decoding: UnsafeRawBufferPointer(start: response.start, count: response.count), as: UTF8.self)
      let body = try #require(text.split(separator: "\r\n\r\n", maxSplits: 1).last)
      let object = try #require(try JSONSerialization.jsonObject(with: Data(body.utf8)) as? [String: Any])
      answered.append(try #require(object["items"] as? [[String: Any]]).compactMap { $0["item_id"] as? String })
      regions.insert(object["region"] as? String ?? "")
    }
    #expect(answered.count == 120)
    for (answer, line) in zip(answered, expected) {
      let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: [String]]
      #expect(answer == object?["items"])
    }
    #expect(regions == ["Nord & Süd", "plain", ""])
    withExtendedLifetime((files, input, service)) {}
  }
}
