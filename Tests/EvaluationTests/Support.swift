import Configuration
import Evaluation
import EventLog
import Foundation
import Models
import TestSupport

/// Rows as `session_id,item_id,event,time,region`.
func eventsCSV(_ rows: [(session: Int, item: String, event: String, time: Int)], region: (Int) -> String = { _ in "" })
  -> String
{
  "session_id,item_id,event,time,region\n"
    + rows.map { "\($0.session),\($0.item),\($0.event),\($0.time),\(region($0.session))\n" }.joined()
}

func readLog(_ text: String, _ yaml: String = "") throws -> EventLog {
  let folder = try TemporaryFolder()
  let input = EventLog.Input(events: [try folder.write(text, to: "events.csv")])
  return try withExtendedLifetime(folder) { try EventLog(reading: input, configuration: Configuration(yaml: yaml)) }
}

/// Sessions of five views that walk round a circle of `items`, so that what comes next is known.
func circle(items: Int, sessions: Int, firstSession: Int = 0) -> [(
  session: Int, item: String, event: String, time: Int
)] {
  (0..<sessions).flatMap { session in
    (0..<5).map { step in
      (firstSession + session, "i\((session * 7 + step) % items)", "view", (firstSession + session) * 1000 + step)
    }
  }
}

/// Sessions over items by no rule at all, some of them very popular.
func noise(items: Int, sessions: Int, firstSession: Int = 0, seed: UInt64) -> [(
  session: Int, item: String, event: String, time: Int
)] {
  var random = SeededGenerator(seed)
  return (0..<sessions).flatMap { session in
    (0..<Int.random(in: 1...9, using: &random)).map { step in
      let item = Int.random(in: 0..<items, using: &random) * Int.random(in: 1...items, using: &random) / items
      return (firstSession + session, "i\(item)", "view", (firstSession + session) * 1000 + step)
    }
  }
}
