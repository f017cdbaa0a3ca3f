import Bytes

/// Gives each distinct text a number, from 0 in order of first appearance. The texts stand one after the other in one
/// block and a hash table of numbers finds them: about 20 bytes for each beside the text itself, and no allocation for
/// a text that is known.
struct Interner {
  static let none = UInt32.max

  private var bytes: [UInt8] = []
  /// Where text `i` ends; it starts where the one before it ends.
  private var ends: [Int] = []
  /// Open addressing with linear probing; a slot is the number plus one, or zero where it is free.
  private var table = [UInt32](repeating: 0, count: 1024)
  private let secret = HashSecret.ofProcess

  var count: Int { ends.count }

  /// The number of a text, new or not; nil where 2^32 - 1 numbers are used up.
  mutating func intern(_ text: ByteView) -> UInt32? {
    if (count + 1) * 2 > table.count { grow() }
    let slot = slot(of: text)
    if table[slot] != 0 { return table[slot] - 1 }
    guard count < Int(Self.none) else { return nil }
    table[slot] = UInt32(count + 1)
    bytes.append(contentsOf: UnsafeRawBufferPointer(start: text.start, count: text.count))
    ends.append(bytes.count)
    return UInt32(count - 1)
  }

  mutating func intern(_ text: String) -> UInt32? {
    var text = text
    return text.withUTF8 { intern(ByteView(UnsafeRawBufferPointer($0))) }
  }

  /// The number of a text that is known.
  func find(_ text: ByteView) -> UInt32? {
    let slot = slot(of: text)
    return table[slot] == 0 ? nil : table[slot] - 1
  }

  func equals(_ number: UInt32, _ text: ByteView) -> Bool {
    let range = range(of: Int(number))
    guard range.count == text.count else { return false }
    return bytes.withUnsafeBytes { ByteView(UnsafeRawBufferPointer(rebasing: $0[range])).equals(text) }
  }

  subscript(_ number: UInt32) -> String { String(decoding: bytes[range(of: Int(number))], as: UTF8.self) }

  /// Calls `body` with the text in place.
  func withBytes<Result>(_ number: UInt32, _ body: (ByteView) -> Result) -> Result {
    bytes.withUnsafeBytes { body(ByteView(UnsafeRawBufferPointer(rebasing: $0[range(of: Int(number))]))) }
  }

  /// All texts by number.
  func strings() -> [String] { (0..<count).map { self[UInt32($0)] } }

  private func range(of index: Int) -> Range<Int> { (index == 0 ? 0 : ends[index - 1])..<ends[index] }

  /// The slot that holds the text, or the free one where it belongs.
  private func slot(of text: ByteView) -> Int {
    let mask = table.count - 1
    var slot = Int(truncatingIfNeeded: hash64(text, secret: secret)) & mask
    while table[slot] != 0, !equals(table[slot] - 1, text) { slot = (slot + 1) & mask }
    return slot
  }

  private mutating func grow() {
    table = [UInt32](repeating: 0, count: table.count * 2)
    let mask = table.count - 1
    for index in 0..<count {
      let range = range(of: index)
      let hash = bytes.withUnsafeBytes { hash64(ByteView(UnsafeRawBufferPointer(rebasing: $0[range])), secret: secret) }
      var slot = Int(truncatingIfNeeded: hash) & mask
      while table[slot] != 0 { slot = (slot + 1) & mask }
      table[slot] = UInt32(index + 1)
    }
  }
}
