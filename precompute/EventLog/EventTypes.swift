import Bytes
import Configuration
import Session

/// What event names mean: the shop's own first, then the built-in ones. Each distinct name is looked up once.
struct EventTypes {
  enum Meaning {
    case type(EventType)
    /// Left out on purpose.
    case skipped
    case unknown
  }

  /// Names beyond this are looked up each time, so that a column of free text cannot fill the memory.
  private static let cacheLimit = 4096

  private let names: [String: EventType]
  private let skipped: Set<String>
  private var cache = Interner()
  private var meanings: [Meaning] = []

  init(_ source: EventSource) { (names, skipped) = (source.names, source.skippedNames) }

  mutating func meaning(of name: ByteView) -> Meaning {
    if let known = cache.find(name) { return meanings[Int(known)] }
    let meaning = lookUp(name)
    if cache.count < Self.cacheLimit, cache.intern(name) != nil { meanings.append(meaning) }
    return meaning
  }

  private func lookUp(_ name: ByteView) -> Meaning {
    let text = name.string
    if skipped.contains(text) { return .skipped }
    return (names[text] ?? EventType(named: name)).map(Meaning.type) ?? .unknown
  }
}
