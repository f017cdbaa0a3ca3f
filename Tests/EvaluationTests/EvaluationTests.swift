import Bytes
import Configuration
import Evaluation
import EventLog
import Foundation
import Models
import Ranking
import Recommender
import Replay
import Session
import Testing

struct EvaluationTests {
  private func evaluate(
    _ training: String, _ test: String, _ kind: EvaluationProtocol = .next(excludingCurrent: true), yaml: String = "",
    compare: String? = nil, threads: Int = 2
  ) throws -> EvaluationReport {
    let configuration = try Configuration(yaml: yaml)
    let testSet = try TestSet(readLog(test, yaml), protocol: kind, configuration: configuration, seed: 1)
    func subject(_ yaml: String) throws -> Evaluation.Subject {
      Evaluation.Subject(
        name: "test <&>", configuration: try Configuration(yaml: yaml), training: try readLog(training, yaml))
    }
    var evaluation = Evaluation(Evaluator(context: kind.context, parallelism: Parallelism(threads: threads)))
    evaluation.resamples = 200
    return try evaluation.run(subject(yaml), comparedWith: compare.map { try subject($0) }, on: testSet)
  }

  /// Everybody walks round the circle and nobody turns back, so the next item is known: it comes first, always.
  @Test func plantedSequence() throws {
    let report = try evaluate(
      eventsCSV(circle(items: 40, sessions: 400)), eventsCSV(circle(items: 40, sessions: 60, firstSession: 900)),
      yaml: "sources: { repeats: false }")
    #expect(report.positions == 240)
    #expect(report.scored.metrics["hr@1"] == 1)
    #expect(report.scored.metrics["mrr@20"] == 1)
    #expect(report.scored.intervals["hr@1"] == [1, 1])
    #expect(report.scored.metrics["coverage@1"] == 1)
    #expect(report.scored.unknownTargets == 0)
    // What is popular knows nothing of it: the lists that learn from sessions do.
    let learned = report.scored.sources.filter { ["slist", "next_item", "two_steps"].contains($0.name) }
    #expect(learned.reduce(0) { $0 + ($1.found ?? 0) } > 0.99)
    #expect(learned.first { $0.name == "slist" }?.found ?? 0 > 0.5)
    let lengths = try #require(report.scored.breakdowns["session_length"])
    #expect(lengths.map(\.name) == ["1", "2", "3-5"])
    #expect(lengths.map(\.positions) == [60, 60, 120])
  }

  /// The rest of the way is what is relevant beyond the next item: of four steps to come all are found among twenty.
  @Test func remainingItems() throws {
    let report = try evaluate(
      eventsCSV(circle(items: 40, sessions: 400)), eventsCSV(circle(items: 40, sessions: 60, firstSession: 900)))
    let first = try #require(report.scored.breakdowns["session_length"]?.first)
    #expect(first.metrics["recall@20"] == 1)
    #expect(first.metrics["precision@20"].map { abs($0 - 0.2) < 1e-12 } == true)
    #expect(first.metrics["recall@1"].map { abs($0 - 0.25) < 1e-12 } == true)
  }

  /// A test set of items that training never saw: nothing is found, and that is said.
  @Test func unknownItems() throws {
    let report = try evaluate(
      eventsCSV(circle(items: 40, sessions: 100)),
      eventsCSV([(1, "new", "view", 1), (1, "newer", "view", 2), (2, "i1", "view", 1), (2, "newer", "view", 2)]))
    #expect(report.scored.metrics["hr@20"] == 0)
    #expect(report.scored.unknownTargets == 1)
    #expect(report.scored.unknownSessionItems == 0.75)
    #expect(report.scored.breakdowns["target_evidence"]?.map(\.name) == ["unknown item"])
    // The visitor of an unknown item alone gets what is popular.
    #expect(report.scored.fallback.contains { $0.name == "everywhere" })
  }

  /// The evaluator against a loop written here: session by session, one recommender, tokens' names.
  @Test(arguments: [true, false]) func agreesWithAskingOneByOne(excludingCurrent: Bool) throws {
    let training = eventsCSV(noise(items: 60, sessions: 300, seed: 1))
    let testing = eventsCSV(noise(items: 66, sessions: 80, firstSession: 500, seed: 2))
    let report = try evaluate(training, testing, .next(excludingCurrent: excludingCurrent))
    let known = try readLog(training)
    let (models, plan) = try RankedModels.fit(known, .default)
    let snapshot = try TrainedSnapshot(models, plan, .default, table: known.table)
    let recommender = try snapshot.open()
    let log = try readLog(testing)
    var sessions: [UInt32: [String]] = [:]
    for (session, item) in zip(log.table.sessions, log.table.items) {
      sessions[session, default: []].append(log.table.itemIDs[Int(item)])
    }
    var (positions, hits, reciprocal) = (0, 0, 0.0)
    for items in sessions.values {
      for place in items.indices.dropFirst() {
        guard let base = recommender.snapshots.base else { break }
        var session = Session()
        for (time, item) in items[..<place].enumerated() {
          session.record(Signal(item: name(item, base), type: .view, time: UInt32(time)))
        }
        var query = Query()
        (query.context, query.limit) = (.product, 20)
        query.showsItem = excludingCurrent
        if excludingCurrent { query.currentItem = base.item(name: name(items[place - 1], base)) }
        recommender.recommend(query, for: session)
        let answer = (0..<recommender.answer.count).map { base.id(recommender.answer[$0].item) }
        positions += 1
        let rank = answer.firstIndex { id in withView(items[place]) { id.equals($0) } }
        hits += rank == nil ? 0 : 1
        reciprocal += rank.map { 1 / Double($0 + 1) } ?? 0
      }
    }
    #expect(report.positions == positions)
    #expect(report.scored.metrics["hr@20"] == Double(hits) / Double(positions))
    #expect(abs(report.scored.metrics["mrr@20"]! - reciprocal / Double(positions)) < 1e-12)
    // Far from both ends, so that the comparison says something.
    #expect(hits > positions / 10 && hits < positions * 9 / 10)
  }

  private func name(_ id: String, _ base: BaseSnapshot) -> UInt32 { withView(id) { base.name(ofID: $0) } }

  @Test func regionsAndBaskets() throws {
    let rows = (0..<200).flatMap { basket in
      (0..<4).map { (basket, "g\(basket % 5)-\($0)", "purchase", basket * 100 + $0) }
    }
    let region: (Int) -> String = { $0 % 4 == 0 ? "AT" : "DE" }
    let report = try evaluate(
      eventsCSV(rows, region: region), eventsCSV(rows, region: region), .basket(perBasket: 3))
    #expect(report.positions == 600)
    #expect(report.setting.context == "cart")
    // Baskets are one of five sets: the hidden item is the only one of its set that is not in the cart.
    #expect(report.scored.metrics["hr@1"] == 1)
    let regions = try #require(report.scored.breakdowns["region"])
    #expect(regions.map(\.name) == ["DE", "AT", "outside DE"])
    #expect(regions.map(\.positions) == [450, 150, 150])
    #expect(regions[1].metrics == regions[2].metrics)
    #expect(report.scored.breakdowns["target_seen"] == nil)
  }

  /// More regions than one instance holds: each is served by its own file nevertheless.
  @Test func manyRegions() throws {
    // Each of 300 regions has people of its own who see one item of their own.
    typealias Row = (session: Int, item: String, event: String, time: Int)
    let rows = (0..<300).flatMap { region -> [Row] in
      (0..<6).map { (region * 10 + $0, "own\(region)", "view", region * 100 + $0) }
    }
    let questions = (0..<300).flatMap { region -> [Row] in
      [(region * 10, "unseen", "view", 50_000), (region * 10, "own\(region)", "view", 50_001)]
    }
    let region: (Int) -> String = { "r\($0 / 10)" }
    let report = try evaluate(
      eventsCSV(rows, region: region), eventsCSV(questions, region: region),
      yaml: "regions: { minimum_people: 2 }\nmodels: { popularity: { shrinkage: 0 } }")
    #expect(report.positions == 300)
    #expect(report.scored.metrics["hr@1"] == 1)
    #expect(report.scored.fallback.first?.name == "region")
  }

  @Test func comparedWithItself() throws {
    let report = try evaluate(
      eventsCSV(noise(items: 60, sessions: 300, seed: 1)),
      eventsCSV(noise(items: 60, sessions: 80, firstSession: 500, seed: 2)), compare: "")
    let comparison = try #require(report.comparison)
    #expect(comparison.differences.count == 24)
    #expect(comparison.differences.values.allSatisfy { $0 == 0 })
    #expect(comparison.intervals.values.allSatisfy { $0 == [0, 0] })
    #expect(comparison.scored.metrics == report.scored.metrics)
  }

  @Test func comparedWithAnother() throws {
    let report = try evaluate(
      eventsCSV(circle(items: 40, sessions: 400)), eventsCSV(circle(items: 40, sessions: 60, firstSession: 900)),
      compare: "never_recommend: [\"i1?\"]")
    let comparison = try #require(report.comparison)
    // Ten of forty items are never answered.
    let difference = try #require(comparison.differences["hr@20"])
    #expect(difference < -0.2 && difference > -0.3)
    #expect(abs(difference - (comparison.scored.metrics["hr@20"]! - report.scored.metrics["hr@20"]!)) < 1e-12)
    #expect(comparison.intervals["hr@20"]![1] < 0)
  }

  @Test func anyNumberOfThreads() throws {
    func json(_ threads: Int) throws -> String {
      let report = try evaluate(
        eventsCSV(noise(items: 60, sessions: 300, seed: 1)),
        eventsCSV(noise(items: 60, sessions: 80, firstSession: 500, seed: 2)), threads: threads)
      // All but how long it took and on how many threads.
      return try String(decoding: report.json(), as: UTF8.self).replacing(/"timing" : \{[^}]*\}/, with: "")
    }
    #expect(try json(1) == json(3))
  }

  @Test func jsonKeys() throws {
    let report = try evaluate(
      eventsCSV(circle(items: 40, sessions: 400)), eventsCSV(circle(items: 40, sessions: 60, firstSession: 900)),
      compare: "")
    let data = try report.json()
    #expect(try EvaluationReport.decode(json: data) == report)
    let object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    let metrics = try #require(object["metrics"] as? [String: Double])
    let intervals = try #require(object["intervals"] as? [String: [Double]])
    for metric in ["hr", "mrr", "map", "ndcg", "precision", "recall"] {
      for k in [1, 5, 10, 20] {
        let value = try #require(metrics["\(metric)@\(k)"])
        let ends = try #require(intervals["\(metric)@\(k)"])
        #expect(ends.count == 2 && ends[0] <= value && value <= ends[1])
      }
    }
    for name in ["coverage", "novelty", "popularity_rank", "popularity_bias"] { #expect(metrics["\(name)@20"] != nil) }
    let keys: Set = [
      "configuration", "generation", "items", "shown", "metrics", "intervals", "sources", "fallback", "unknown_targets",
      "unknown_session_items", "training_popularity_rank", "breakdowns", "timing", "protocol", "training", "test",
      "positions", "comparison",
    ]
    #expect(Set(object.keys) == keys)
  }

  @Test func textAndPage() throws {
    let report = try evaluate(
      eventsCSV(circle(items: 40, sessions: 400)), eventsCSV(circle(items: 40, sessions: 60, firstSession: 900)),
      yaml: "sources: { repeats: false }", compare: "")
    let text = EvaluationText(report).text
    for part in ["HR         1.0000", "240 positions", "events before the target", "compared with", "slist"] {
      #expect(text.contains(part), "\(part)")
    }
    let html = EvaluationPage(report).html
    #expect(html.contains("<svg") && html.contains("prefers-color-scheme:dark"))
    #expect(html.contains("test &lt;&amp;&gt;") && !html.contains("test <&>"))
    for part in ["http:", "https:", "<script", "<link", "<img", "url("] { #expect(!html.contains(part), "\(part)") }
  }
}
