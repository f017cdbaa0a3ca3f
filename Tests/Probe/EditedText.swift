import Bytes

/// A text of bounded length that is written, then spoiled.
struct EditedText {
  private let buffer: OwnedBytes
  private(set) var count = 0

  init(capacity: Int) { buffer = OwnedBytes(capacity: capacity) }

  var view: ByteView { buffer.view.prefix(count) }

  mutating func set(_ bytes: ByteView) {
    count = min(bytes.count, buffer.capacity)
    buffer.start.copyMemory(from: bytes.start, byteCount: count)
  }

  mutating func randomise(_ count: Int, _ draw: inout Draw) {
    self.count = count
    for index in 0..<count { buffer.start.storeBytes(of: draw.byte(), toByteOffset: index, as: UInt8.self) }
  }

  /// One to three edits: a byte changed, dropped, put in or doubled, or the rest cut off.
  mutating func spoil(_ draw: inout Draw) {
    for _ in 0...draw.below(3) where count > 0 {
      let place = draw.below(count)
      let byte = view[place]
      switch draw.below(6) {
      case 0: put(draw.byte(), at: place)
      case 1: put(byte ^ 1 << UInt8(draw.below(8)), at: place)
      case 2: remove(at: place)
      case 3: insert(byte, at: place)
      case 4: insert(draw.byte(), at: place)
      default: count = place
      }
    }
  }

  private func put(_ byte: UInt8, at place: Int) {
    buffer.start.storeBytes(of: byte, toByteOffset: place, as: UInt8.self)
  }

  private mutating func remove(at place: Int) {
    (buffer.start + place).copyMemory(from: buffer.start + (place + 1), byteCount: count - place - 1)
    count -= 1
  }

  private mutating func insert(_ byte: UInt8, at place: Int) {
    guard count < buffer.capacity else { return }
    (buffer.start + (place + 1)).copyMemory(from: buffer.start + place, byteCount: count - place)
    put(byte, at: place)
    count += 1
  }
}
