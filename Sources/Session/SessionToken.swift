import Bytes

/// The session as it travels with the visitor, base64url of:
///
///     version    u8, 1
///     sequence   u16, little-endian
///     newest     u32, little-endian: seconds since 1970 of the newest signal (0 when there is none)
///     signals    newest first, to the end:  type u8,  item u32 little-endian,  LEB128: seconds before the one above
///
/// A token is hostile input. Reading is strict: one session has one encoding, and whatever is not such an encoding
/// gives an empty session. A full session of 64 takes some 460 bytes, 610 characters.
public enum SessionToken {
  static let version: UInt8 = 1
  static let headerCount = 7
  /// Bytes of the longest token: each signal at most 1 + 4 + 5.
  public static let bytesMax = headerCount + Session.signalsMax * 10
  public static let charactersMax = Base64URL.encodedCount(bytesMax)

  /// Appends the token of `session`. `scratch` holds at least `bytesMax`.
  public static func write(_ session: borrowing Session, scratch: OwnedBytes, into writer: inout ByteWriter) {
    var bytes = ByteWriter(scratch)
    bytes.append(version)
    bytes.appendLittleEndian(UInt32(session.sequence), count: 2)
    var time = session.count > 0 ? session.newest(0).time : 0
    bytes.appendLittleEndian(time, count: 4)
    for age in session.indices {
      let signal = session.newest(age)
      bytes.append(signal.type.rawValue)
      bytes.appendLittleEndian(signal.item, count: 4)
      var delta = time - signal.time
      while delta >= 0x80 {
        bytes.append(UInt8(truncatingIfNeeded: delta) | 0x80)
        delta >>= 7
      }
      bytes.append(UInt8(truncatingIfNeeded: delta))
      time = signal.time
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
    var time = bytes.u32le(3)
    var offset = headerCount
    while offset < bytes.count {
      guard bytes.has(offset, 6), let type = EventType(rawValue: bytes[offset]) else { return false }
      let item = bytes.u32le(offset &+ 1)
      offset &+= 5
      guard let delta = varint(bytes, &offset), delta <= time, session.count > 0 || delta == 0 else { return false }
      time &-= delta
      guard session.append(older: Signal(item: item, type: type, time: time)) else { return false }
    }
    session.reverse()
    return session.count > 0 || bytes.u32le(3) == 0
  }

  /// A LEB128 number in its shortest form.
  private static func varint(_ bytes: ByteView, _ offset: inout Int) -> UInt32? {
    var value: UInt32 = 0
    for index in 0..<5 {
      guard offset < bytes.count else { return nil }
      let byte = bytes[offset]
      offset &+= 1
      guard index < 4 || byte < 0x10 else { return nil }
      value |= UInt32(byte & 0x7F) << (7 * UInt32(index))
      if byte < 0x80 { return byte == 0 && index > 0 ? nil : value }
    }
    return nil
  }
}
