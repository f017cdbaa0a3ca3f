/// What is wrong in a configuration file, and where.
public struct ConfigurationError: Error, Equatable, Sendable, CustomStringConvertible {
  public let file: String
  /// Counted from 1; nil where the file as a whole is at fault.
  public let line: Int?
  /// The full key, such as `events.time.zone`.
  public let key: String?
  public let message: String

  /// `martlet.yaml:12: events.time.zone: expected …`
  public var description: String {
    let place = line.map { "\(file):\($0)" } ?? file
    guard let key, !key.isEmpty else { return "\(place): \(message)" }
    return "\(place): \(key): \(message)"
  }
}
