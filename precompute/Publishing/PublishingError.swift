/// What can go wrong on the way to a destination; the text names the place.
public enum PublishingError: Error, CustomStringConvertible {
  case destination(_ text: String, _ reason: String)
  case credentials(String)
  case command(_ command: String, status: Int32, output: String)
  case refused(_ place: String, status: Int, answer: String)

  public var description: String {
    switch self {
    case .destination(let text, let reason): "\(text): \(reason)"
    case .credentials(let reason): reason
    case .command(let command, let status, let output): "\(command) ended with status \(status): \(output)"
    case .refused(let place, let status, let answer): "\(place): the store answers \(status): \(answer)"
    }
  }
}
