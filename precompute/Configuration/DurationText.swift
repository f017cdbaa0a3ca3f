/// Lengths of time as they are written everywhere: a whole number and one of `s`, `m`, `h`, `d`, `w`.
public enum DurationText {
  private static let units: [(name: Character, seconds: UInt32)] = [
    ("w", 604_800), ("d", 86_400), ("h", 3600), ("m", 60), ("s", 1),
  ]

  /// Nil where the text is no duration.
  public static func seconds(_ text: String) -> UInt64? {
    guard let unit = units.first(where: { $0.name == text.last }) else { return nil }
    var digits = text.dropLast()
    while digits.last == " " { digits.removeLast() }
    return UInt32(digits).map { UInt64($0) * UInt64(unit.seconds) }
  }

  /// In the largest unit below weeks that gives a whole number.
  public static func text(_ seconds: UInt32) -> String {
    let unit = units.dropFirst().first { seconds.isMultiple(of: $0.seconds) } ?? ("s", 1)
    return "\(seconds / unit.seconds)\(unit.name)"
  }
}
