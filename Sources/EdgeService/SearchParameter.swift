import Bytes
import Recommender
import SnapshotFormat

extension Query {
  /// Takes the first distinct terms of `text`, as many as there is room for. They stand in the memory of `scratch`.
  mutating func search(_ text: ByteView, scratch: inout ByteWriter) {
    terms.removeAll()
    var words = Terms(text)
    while !terms.isFull, let term = words.next(into: &scratch) {
      if !holds(term) { terms.append(term) }
    }
  }

  private borrowing func holds(_ term: ByteView) -> Bool {
    for place in terms.indices where terms[place].equals(term) { return true }
    return false
  }
}
