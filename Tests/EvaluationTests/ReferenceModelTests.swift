import Configuration
import Evaluation
import EventLog
import Models
import Replay
import SessionNeighbours
import Testing

struct ReferenceModelTests {
  private func table(
    _ training: EventLog, _ test: EventLog, _ kind: EvaluationProtocol, yaml: String = "", threads: Int = 2
  ) throws -> VariantTable {
    let configuration = try Configuration(yaml: yaml)
    let test = try TestSet(test, protocol: kind, configuration: configuration, seed: 1)
    let base = Evaluation.Subject(name: "base", configuration: configuration, training: training)
    var evaluation = Evaluation(Evaluator(context: .product, parallelism: Parallelism(threads: threads)))
    evaluation.resamples = 200
    return try evaluation.run(base, variants: [], references: ReferenceModel.allCases, on: test)
  }

  /// Against a loop written here, session by session.
  @Test(arguments: [true, false]) func agreesWithAskingOneByOne(excludingCurrent: Bool) throws {
    let training = try readLog(eventsCSV(noise(items: 60, sessions: 300, seed: 1)))
    let testing = try readLog(eventsCSV(noise(items: 66, sessions: 80, firstSession: 500, seed: 2)))
    let found = try table(training, testing, .next(excludingCurrent: excludingCurrent))
    #expect(found.rows.map(\.name) == ["base", "VMIS-kNN", "VSTAN"])
    let past = PastSessions(training.table, weights: .standard)
    let known = Dictionary(uniqueKeysWithValues: zip(training.table.itemIDs, 0..<UInt32(past.itemCount)))
    var sessions: [UInt32: [(item: UInt32, time: UInt32)]] = [:]
    for event in 0..<testing.table.count {
      let number = testing.table.items[event]
      let item = known[testing.table.itemIDs[Int(number)]] ?? 1000 + number
      sessions[testing.table.sessions[event], default: []].append((item, testing.table.times[event]))
    }
    for (row, model) in zip(found.rows.dropFirst(), [SessionNeighbours.vmis(VMISKNN()), .vstan(VSTAN())]) {
      var scorer = NeighbourScorer(model, past, limit: 20)
      var (positions, hits, reciprocal) = (0, 0, 0.0)
      for events in sessions.values {
        for place in events.indices.dropFirst() {
          let visit = Visit(items: events[..<place].map(\.item), time: events[place - 1].time)
          let answer = scorer.answer(visit) { !excludingCurrent || $0 != events[place - 1].item }
          positions += 1
          guard let rank = answer.firstIndex(where: { $0.item == events[place].item }) else { continue }
          hits += 1
          reciprocal += 1 / Double(rank + 1)
        }
      }
      #expect(hits > positions / 10 && hits < positions * 9 / 10)
      #expect(row.metrics["hr@20"] == Double(hits) / Double(positions))
      #expect(abs(row.metrics["mrr@20"]! - reciprocal / Double(positions)) < 1e-12)
      #expect(
        abs(row.differences!["hr@20"]! - (row.metrics["hr@20"]! - found.rows[0].metrics["hr@20"]!)) < 1e-12)
      #expect(row.intervals?["hr@20"]?.count == 2)
    }
    let again = try table(training, testing, .next(excludingCurrent: excludingCurrent), threads: 1)
    #expect(again.rows == found.rows)
  }

  /// Of five sets, the rest of one stands in the cart: the hidden item comes first, since nothing in the cart is answered; and
  /// what is never recommended never does.
  @Test func baskets() throws {
    let rows = (0..<200).flatMap { basket in
      (0..<4).map { (basket, "g\(basket % 5)-\($0)", "purchase", basket * 100 + $0) }
    }
    let log = try readLog(eventsCSV(rows))
    let found = try table(log, log, .basket(perBasket: 4))
    #expect(found.rows.allSatisfy { $0.metrics["hr@1"] == 1 })
    let yaml = "never_recommend: [\"g0-?\"]"
    let plain = try readLog(eventsCSV(rows))
    let forbidding = try readLog(eventsCSV(rows), yaml)
    let test = try TestSet(plain, protocol: .next(excludingCurrent: true), configuration: .default, seed: 1)
    let base = Evaluation.Subject(
      name: "base", configuration: try Configuration(yaml: yaml), training: forbidding)
    let answered = try Evaluation(Evaluator(context: .product)).run(
      base, variants: [], references: ReferenceModel.allCases, on: test)
    #expect(answered.rows.dropFirst().allSatisfy { $0.metrics["hr@20"] == 0.8 }, "a fifth is never answered")
  }
}
