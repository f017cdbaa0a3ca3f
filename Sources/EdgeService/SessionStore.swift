import Bytes
import Session

/// Sessions of callers without cookies, each kept as the token that it would travel as, under a hash of the id that the host
/// asserts. It holds `capacity` of them; one more takes the place of the one that was used longest ago. Made by the first
/// session to keep: an instance that is told of no ids pays nothing.
final class SessionStore {
  static let capacity = 256

  private struct Row: BitwiseCopyable {
    var key: UInt64 = 0
    /// When it was used last, in uses of the store; 0 for a row that is free.
    var used: UInt64 = 0
    /// When it was kept, seconds since 1970 by the requests' clock.
    var time: UInt32 = 0
    var length: UInt32 = 0
  }

  private var rows = FixedArray<Row>(repeating: Row(), count: SessionStore.capacity)
  private let tokens = OwnedBytes(capacity: SessionStore.capacity * SessionToken.charactersMax)
  private var uses: UInt64 = 0

  /// Drops what was kept more than `lifetime` seconds before `now`.
  func expire(now: UInt32, lifetime: UInt32) {
    for row in rows.indices where rows[row].time < now && now &- rows[row].time > lifetime { rows[row].used = 0 }
  }

  /// The token kept under `key`, valid until the next call.
  func token(_ key: UInt64) -> ByteView? {
    guard let row = row(key) else { return nil }
    use(row)
    return tokens.view.slice(row &* SessionToken.charactersMax, Int(rows[row].length))
  }

  /// Keeps `session` under `key`. `scratch` as for `SessionToken`.
  func keep(_ session: borrowing Session, _ key: UInt64, now: UInt32, scratch: OwnedBytes) {
    let row = row(key) ?? leastUsed()
    var writer = ByteWriter(
      base: tokens.start + row &* SessionToken.charactersMax, capacity: SessionToken.charactersMax)
    SessionToken.write(session, scratch: scratch, into: &writer)
    rows[row] = Row(key: key, time: now, length: UInt32(writer.count))
    use(row)
  }

  @inline(never)
  func remove(_ key: UInt64) {
    if let row = row(key) { rows[row].used = 0 }
  }

  @inline(never)
  private func row(_ key: UInt64) -> Int? {
    for row in rows.indices where rows[row].used > 0 && rows[row].key == key { return row }
    return nil
  }

  private func leastUsed() -> Int {
    var found = 0
    for row in rows.indices where rows[row].used < rows[found].used { found = row }
    return found
  }

  private func use(_ row: Int) {
    uses &+= 1
    rows[row].used = uses
  }
}
