/// Why no search was made, or none went on.
public enum TuningError: Error, Equatable, CustomStringConvertible {
  case badMetric(String)
  case unknownKeys(String)
  case otherJournal(path: String, what: String, found: String, wanted: String)
  case badJournal(path: String, line: Int)
  case divergedJournal(path: String, line: Int)
  case journalInUse(path: String)
  case system(call: String, path: String, reason: String)

  public var description: String {
    switch self {
    case .badMetric(let text):
      "\"\(text)\": a metric is named hr, mrr, precision, recall, map or ndcg with a cut-off from 1 to 100, such as mrr@20"
    case .unknownKeys(let prefix):
      "\"\(prefix)\": no key that is searched begins like that; `martlet tune --list` shows them"
    case .otherJournal(let path, let what, let found, let wanted):
      "\(path): this journal is of another run: its \(what) is \(found), here it is \(wanted); name another --journal, or remove it"
    case .badJournal(let path, let line): "\(path):\(line): not a line of a tuning journal"
    case .divergedJournal(let path, let line):
      "\(path):\(line): another version has written this trial, the search here takes another way; start a new journal"
    case .journalInUse(let path): "\(path): another run is writing this journal"
    case .system(let call, let path, let reason): "\(call) \(path): \(reason)"
    }
  }
}
