import Bytes
import Foundation
import Recommender
import Replay
import Session
import SnapshotWriter

/// A sample of an evaluation's questions as a host would put them, so that any engine can be asked the same:
///
///     snapshots/       the trained snapshot, published
///     requests.http    HTTP request messages, one after the other
///     answers.ndjson   by request: the items that the evaluation has counted, best first
public struct QuestionSample: Sendable {
  public let directory: String
  /// Positions, spread evenly over the test set; all where there are no more.
  public let sample: Int

  public init(directory: String, sample: Int) { (self.directory, self.sample) = (directory, sample) }

  private struct Line: Encodable {
    let items: [String]
  }

  func publisher() throws -> Publisher { try Publisher(directory: "\(directory)/snapshots") }

  func write(_ snapshot: TrainedSnapshot, _ test: TestSet, _ items: ItemDirectory, _ evaluator: Evaluator) throws {
    let recommender = try snapshot.open()
    guard let base = recommender.snapshots.base else { preconditionFailure("a built snapshot has a base") }
    let scorer = try Scorer(snapshot, test, items, context: evaluator.context)
    let limit = evaluator.cutoffs[evaluator.cutoffs.count - 1]
    let count = min(sample, test.positionCount)
    var (requests, answers) = (Data(), Data())
    for number in 0..<count {
      let position = test.positions[number * test.positionCount / count]
      var ids: [String] = []
      _ = scorer.answer(at: position, limit: limit) { _, recommendation in
        ids.append(text(base.id(recommendation.item)))
      }
      requests.append(Data(scorer.request(at: position, limit: limit).utf8))
      answers.append(try JSONEncoder().encode(Line(items: ids)) + Data("\n".utf8))
    }
    try requests.write(to: URL(filePath: "\(directory)/requests.http"))
    try answers.write(to: URL(filePath: "\(directory)/answers.ndjson"))
  }
}

extension Scorer {
  /// The message that asks what has just been answered at `position`: page, region, time and token of this visitor.
  fileprivate func request(at position: TestSet.Position, limit: Int) -> String {
    var target = "/recommendations?context=\(context.name)&n=\(limit)"
    var time: UInt32 = 0
    if let newest = test.signals(before: position).last.map({ test.sessions[position.session][$0] }) {
      if newest.region < test.regionNames.count { target += "&region=" + escaped(test.regionNames[Int(newest.region)]) }
      if case .next(excludingCurrent: true) = test.protocolOfTest {
        target += "&item_id=" + escaped(test.itemIDs[Int(newest.item)])
      }
      time = session.newest(0).time
    }
    let headers = "Martlet-Time: \(UInt64(time) * 1000)\r\nMartlet-Session: \(token)\r\n"
    return "GET \(target) HTTP/1.1\r\n\(headers)\r\n"
  }

  private var token: String {
    let (output, scratch) = (
      OwnedBytes(capacity: SessionToken.charactersMax), OwnedBytes(capacity: SessionToken.bytesMax)
    )
    var writer = ByteWriter(output)
    SessionToken.write(session, scratch: scratch, into: &writer)
    // The writer does not own what it writes to.
    return withExtendedLifetime((output, scratch)) { text(writer.view) }
  }
}

private func text(_ view: ByteView) -> String {
  String(decoding: UnsafeRawBufferPointer(start: view.start, count: view.count), as: UTF8.self)
}

/// As it stands in a query: every byte but RFC 3986's unreserved ones as `%XX`.
private func escaped(_ text: String) -> String {
  text.utf8.map { byte -> String in
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: String(UnicodeScalar(byte))
    default: String(format: "%%%02X", byte)
    }
  }.joined()
}
