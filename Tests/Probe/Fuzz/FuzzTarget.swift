import Bytes

/// The readers of untrusted bytes that run natively and in wasm32. `Tests/Fuzz` adds those that are native only.
public enum FuzzTarget: UInt32, CaseIterable {
  case database, snapshot, message, events, json, token

  /// That of the corpus's folder.
  public var name: StaticString {
    switch self {
    case .database: "database"
    case .snapshot: "snapshot"
    case .message: "message"
    case .events: "events"
    case .json: "json"
    case .token: "token"
    }
  }

  /// Whether the reader needs an open shop.
  public var needsShop: Bool { self == .snapshot || self == .message || self == .events || self == .token }

  /// Reads `input`, which may be anything, and gives a checksum over what was read: the same in every engine. What must hold of
  /// any input is a precondition.
  public func run(_ input: ByteView, shop: FuzzShop) -> UInt64 {
    switch self {
    case .database: fuzzDatabase(input)
    case .snapshot: fuzzSnapshot(input, shop)
    case .message: fuzzMessages(input, shop)
    case .events: fuzzEvents(input, shop)
    case .json: fuzzJSON(input)
    case .token: fuzzToken(input, shop)
    }
  }
}

struct Checksum {
  private(set) var value: UInt64 = 0

  mutating func add(_ number: UInt64) { value = (value &* 0x0000_0100_0000_01B3) ^ number }
  mutating func add(_ bytes: ByteView) { add(hash64(bytes, seed: 0, kind: 0)) }
}
