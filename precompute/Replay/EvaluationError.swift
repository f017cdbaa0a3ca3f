/// Why nothing could be evaluated.
public enum EvaluationError: Error, Equatable, CustomStringConvertible {
  case badHoldout(String)
  case emptyPart(String, cut: String)
  case noPositions(protocolName: String, sessions: Int)
  case differentReading(String)
  case badVariant(String)

  public var description: String {
    switch self {
    case .badHoldout(let text):
      "\"\(text)\": what is held out is the end of the time, such as 1d or 12h, a share of the sessions, such as 10%, or all from a "
        + "moment on, such as 2011-09-01 or 2011-09-01T06:00:00Z"
    case .emptyPart(let part, let cut): "no \(part) is left with the split at \(cut)"
    case .noPositions(let protocolName, let sessions):
      "the \(sessions) test sessions have no position to ask at by protocol `\(protocolName)`: a session needs two items"
    case .badVariant(let text):
      "\"\(text)\": a variant is key=value, such as models.next_item.steps=3, or several of them with commas between"
    case .differentReading(let key):
      "the configurations differ in `\(key)`: they have to read the same events to be asked at the same positions"
    }
  }
}
