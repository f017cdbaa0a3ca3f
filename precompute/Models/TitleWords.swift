/// The words of a title: lower-cased runs of letters and digits, each once, in order. Ideographs, which are written without
/// spaces, are words of their own.
func titleWords(_ title: String) -> [String] {
  var words: [String] = []
  var word = ""
  func close() {
    if !word.isEmpty, !words.contains(word) { words.append(word) }
    word = ""
  }
  for character in title.lowercased() {
    if character.unicodeScalars.first!.properties.isIdeographic {
      close()
      word.append(character)
      close()
    } else if character.isLetter || character.isNumber {
      word.append(character)
    } else {
      close()
    }
  }
  close()
  return words
}
