import Bytes

/// Thrown where a row does not fit.
struct UnfitRow: Error {
  let reason: RejectReason

  init(_ reason: RejectReason) { self.reason = reason }
}

/// External ids are opaque text of at most this many bytes: the snapshot stores the length of an id in one.
let idLengthLimit = 255

/// Refuses ids that could not be stored or shown: malformed UTF-8, control characters, endless ones.
func checkID(_ text: ByteView) throws {
  if text.count > idLengthLimit { throw UnfitRow(.idTooLong) }
  var isASCII = true
  for index in 0..<text.count {
    let byte = text[index]
    if byte < 0x20 || byte == 0x7F { throw UnfitRow(.controlCharacter) }
    if byte >= 0x80 { isASCII = false }
  }
  if !isASCII, !text.isValidUTF8 { throw UnfitRow(.invalidUTF8) }
}
