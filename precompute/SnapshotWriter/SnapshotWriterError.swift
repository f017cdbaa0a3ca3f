/// Why no snapshot was written or published. What had been published before stays as it was.
public enum SnapshotWriterError: Error, CustomStringConvertible {
  case nothingToShow
  case idTooLong(id: String)
  case regionNamedTwice(name: String)
  case tooMany(what: String, count: Int, most: Int)
  case overBudget(bytes: Int, budget: Int)
  case notVerified(file: String, reason: String)
  case locked(directory: String)
  case system(call: String, path: String, reason: String)

  public var description: String {
    switch self {
    case .nothingToShow:
      "no item may be recommended: every item matches never_recommend or is unavailable"
    case .idTooLong(let id): "item id '\(id.prefix(40))…' is longer than 255 bytes"
    case .regionNamedTwice(let name):
      "'\(name)' names two regions: a group may not be called like one of the regions, and \(ScopeLists.world) is the world"
    case .tooMany(let what, let count, let most): "\(count) \(what); a snapshot holds at most \(most)"
    case .overBudget(let bytes, let budget):
      "the base snapshot needs at least \(bytes) bytes, the budget is \(budget): raise `snapshot.budget` or leave items out"
    case .notVerified(let file, let reason): "\(file) did not pass its check: \(reason)"
    case .locked(let directory): "another build is publishing to \(directory)"
    case .system(let call, let path, let reason): "\(call) \(path): \(reason)"
    }
  }
}
