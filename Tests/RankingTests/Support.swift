import Configuration
import EventLog
import Models
import Ranking
import Replay
import TestSupport

/// An event of a written log.
struct Row {
  let session: Int
  let item: String
  let event: String
  let time: Int

  init(_ session: Int, _ item: String, _ time: Int, _ event: String = "view") {
    (self.session, self.item, self.time, self.event) = (session, item, time, event)
  }
}

func readLog(_ rows: [Row], _ configuration: Configuration = .default) throws -> EventLog {
  let text =
    "session_id,item_id,event,time\n" + rows.map { "\($0.session),\($0.item),\($0.event),\($0.time)\n" }.joined()
  let folder = try TemporaryFolder()
  let input = EventLog.Input(events: [try folder.write(text, to: "events.csv")])
  return try withExtendedLifetime(folder) { try EventLog(reading: input, configuration: configuration) }
}

/// Mean reciprocal rank at 20 of the answers to `test`, by a snapshot of what `log` teaches.
func meanReciprocalRank(
  _ log: EventLog, on test: EventLog, _ questions: EvaluationProtocol, _ configuration: Configuration
) throws -> Double {
  let (models, plan) = try RankedModels.fit(log, configuration, parallelism: Parallelism(threads: 2))
  let snapshot = try TrainedSnapshot(models, plan, configuration, table: log.table)
  let test = try TestSet(test, protocol: questions, configuration: configuration, seed: 1)
  let recommender = try snapshot.open()
  let items = ItemDirectory(test.itemIDs, try recommender.requireBase())
  let scorer = try Scorer(snapshot, test, items, context: questions.context)
  var sum = 0.0
  for position in test.positions {
    let target = items.numbers[Int(test.sessions[position.session][position.target].item)]
    _ = scorer.answer(at: position, limit: 20) { place, answer in
      if answer.item == target { sum += 1 / Double(place + 1) }
    }
  }
  return sum / Double(test.positionCount)
}
