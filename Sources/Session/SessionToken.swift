import Bytes

/// The session as it travels with the visitor, base64url of:
///
///     version    u8, 2
///     sequence   u16, little-endian
///     newest     u32, little-endian: seconds since 1970 of the newest signal, without one of the newest mark, without any 0
///     signals    u8, how many; then each, newest first:
///       LEB128   seconds before the one above << 5 | 16 where it is about the same item as that | type
///       item     u32, little-endian; only where it is another
///       value    LEB128; only of types that measure something
///     marks      newest first, to the end:  LEB128 seconds before the one above (the first one: before `newest`),  counter u16
///
/// A token is hostile input. Reading is strict: one session has one encoding, and whatever is not such an encoding
/// gives an empty session, as tokens of other versions do. Usual sizes stand in `docs/http-api.md`.
public enum SessionToken {
  static let version: UInt8 = 2
  static let headerCount = 8
  /// Bytes of the longest token: 64-bit LEB128 numbers of a time and a type have at most 6, those of a time 5, of a value 3.
  public static let bytesMax = headerCount + Session.signalsMax * (6 + 4 + 3) + Session.marksMax * (5 + 2)
  public static let charactersMax = Base64URL.encodedCount(bytesMax)

  private static let sameItem: UInt64 = 16
  private static let timeShift: UInt64 = 5

  /// Appends the token of `session`. `scratch` holds at least `bytesMax`.
  public static func write(_ session: borrowing Session, scratch: OwnedBytes, into writer: inout ByteWriter) {
    var bytes = ByteWriter(scratch)
    bytes.append(version)
    bytes.appendLittleEndian(UInt32(session.sequence), count: 2)
    bytes.appendLittleEndian(session.time, count: 4)
    bytes.append(UInt8(truncatingIfNeeded: session.count))
    var (time, item) = (session.time, UInt32(0))
    for age in session.indices {
      let signal = session.newest(age)
      let isSame = age > 0 && signal.item == item
      bytes.appendVarint(
        UInt64(time - signal.time) << timeShift | (isSame ? sameItem : 0) | UInt64(signal.type.rawValue))
      if !isSame { bytes.appendLittleEndian(signal.item, count: 4) }
      if signal.type.hasValue { bytes.appendVarint(UInt64(signal.value)) }
      (time, item) = (signal.time, signal.item)
    }
    time = session.time
    for back in session.marks.indices {
      let mark = session.marks[session.marks.count &- 1 &- back]
      bytes.appendVarint(UInt64(time - mark.time))
      bytes.appendLittleEndian(UInt32(mark.counter), count: 2)
      time = mark.time
    }
    Base64URL.encode(bytes.view, into: &writer)
  }

  /// Fills `session` from `token`; leaves it empty and returns false where the token is not valid.
  @discardableResult
  public static func read(_ token: ByteView, scratch: OwnedBytes, into session: inout Session) -> Bool {
    session.clear()
    guard token.count <= charactersMax else { return false }
    var bytes = ByteWriter(scratch)
    guard Base64URL.decode(token, into: &bytes) else { return false }
    let valid = parse(bytes.view, into: &session)
    if !valid { session.clear() }
    return valid
  }

  private static func parse(_ bytes: ByteView, into session: inout Session) -> Bool {
    guard bytes.count >= headerCount, bytes[0] == version else { return false }
    session.sequence = bytes.u16le(1)
    let newest = bytes.u32le(3)
    var reader = TokenReader(bytes.dropFirst(headerCount))
    var (time, item) = (newest, UInt32(0))
    for age in Indices(Int(bytes[7])) {
      guard let head = reader.varint(), let type = EventType(rawValue: UInt8(head & (sameItem - 1))),
        head >> timeShift <= UInt64(age == 0 ? 0 : time)
      else { return false }
      time &-= UInt32(head >> timeShift)
      if head & sameItem == 0 {
        guard let next = reader.u32(), age == 0 || next != item else { return false }
        item = next
      } else if age == 0 {
        return false
      }
      let value = type.hasValue ? reader.varint() : 0
      guard let value, value <= UInt64(UInt16.max), type.holds(UInt16(value)),
        session.append(older: Signal(item: item, type: type, time: time, value: UInt16(value)))
      else { return false }
    }
    time = newest
    while !reader.isAtEnd {
      guard let delta = reader.varint(), delta <= UInt64(time), let counter = reader.u16() else { return false }
      time &-= UInt32(delta)
      guard session.append(older: Mark(counter: counter, time: time)) else { return false }
    }
    session.reverse()
    return session.time == newest
  }
}

extension ByteWriter {
  fileprivate mutating func appendVarint(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    append(UInt8(truncatingIfNeeded: rest))
  }
}

/// Takes a token apart; nil where it ends too early.
private struct TokenReader {
  private var rest: ByteView

  init(_ bytes: ByteView) { rest = bytes }

  var isAtEnd: Bool { rest.isEmpty }

  /// A LEB128 number in its shortest form, of at most six bytes.
  @inline(never)
  mutating func varint() -> UInt64? {
    var value: UInt64 = 0
    for index in 0..<6 {
      guard index < rest.count else { return nil }
      let byte = rest[index]
      value |= UInt64(byte & 0x7F) << UInt64(7 &* index)
      guard byte < 0x80 else { continue }
      rest = rest.dropFirst(index &+ 1)
      return byte == 0 && index > 0 ? nil : value
    }
    return nil
  }

  mutating func u16() -> UInt16? {
    guard rest.count >= 2 else { return nil }
    defer { rest = rest.dropFirst(2) }
    return rest.u16le(0)
  }

  mutating func u32() -> UInt32? {
    guard rest.count >= 4 else { return nil }
    defer { rest = rest.dropFirst(4) }
    return rest.u32le(0)
  }
}
