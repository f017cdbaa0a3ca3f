import Bytes

/// Looks for words, with no letter, digit or underscore on either side, in a text that comes in pieces, wherever these end.
struct WordSearch {
  private let words: [OwnedBytes]
  /// The end of what has come, long enough for the longest word and a byte on both sides.
  private var tail: [UInt8] = []
  private let tailLength: Int
  private var isAtStart = true
  private var isFoundInside = false

  init(_ words: [OwnedBytes]) {
    self.words = words.filter { $0.capacity > 0 }
    tailLength = (words.map(\.capacity).max() ?? 0) + 1
  }

  mutating func add(_ piece: ByteView) {
    guard !isFoundInside else { return }
    let text = OwnedBytes(copying: tail + piece.bytes)
    withExtendedLifetime(text) {
      // A word at the end may go on in the next piece.
      isFoundInside = holds(text.view, isEnd: false)
      tail = text.view.dropFirst(max(text.capacity - tailLength, 0)).bytes
    }
    if text.capacity > tailLength { isAtStart = false }
  }

  /// Whether a word stands in all that has come.
  func isFound() -> Bool {
    let end = OwnedBytes(copying: tail)
    return withExtendedLifetime(end) { isFoundInside || holds(end.view, isEnd: true) }
  }

  private func holds(_ text: ByteView, isEnd: Bool) -> Bool {
    words.contains { word in
      withExtendedLifetime(word) { text.holdsWord(word.view, isStart: isAtStart, isEnd: isEnd) }
    }
  }
}

extension ByteView {
  /// A copy.
  var bytes: [UInt8] { [UInt8](UnsafeRawBufferPointer(start: start, count: count)) }

  /// - Parameters:
  ///   - isStart: nothing stands before this text; otherwise a word at its start is left out.
  ///   - isEnd: nothing follows it.
  fileprivate func holdsWord(_ word: ByteView, isStart: Bool, isEnd: Bool) -> Bool {
    guard count >= word.count else { return false }
    func isInside(_ index: Int) -> Bool {
      if index < 0 { return !isStart }
      if index >= count { return !isEnd }
      let byte = asciiLowercased(self[index])
      return byte >= 0x80 || byte >= 0x61 && byte <= 0x7A || byte >= 0x30 && byte <= 0x39 || byte == 0x5F
    }
    var start = 0
    while let found = firstIndex(of: word[0], from: start), found <= count - word.count {
      if slice(found, word.count)?.equals(word) == true, !isInside(found - 1), !isInside(found + word.count) {
        return true
      }
      start = found + 1
    }
    return false
  }
}
