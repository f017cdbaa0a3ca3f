import Bytes
import SnapshotFormat
import TestSupport
import Testing

@Suite struct TermsTests {
  static func terms(_ text: [UInt8]) -> [String] {
    let buffer = OwnedBytes(capacity: text.count + 64)
    return text.withView { view in
      var writer = ByteWriter(buffer)
      var terms = Terms(view)
      var found: [String] = []
      while let term = terms.next(into: &writer) { found.append(term.string) }
      #expect(!writer.overflowed)
      return found
    }
  }

  @Test(arguments: [
    ("", []), (" -- ", []), ("Red LAMP", ["red", "lamp"]), ("T-LIGHT HOLDER, 3x2\"", ["t", "light", "holder", "3x2"]),
    ("ÀÖØÞ à × ÷ ß ÿ", ["àöøþ", "à", "ß", "ÿ"]), ("5 µm, 2ª, 20°", ["5", "µm", "2ª", "20"]),
    ("Cup\u{2014}porcelain\u{A0}“fine”", ["cup", "porcelain", "fine"]), ("ΑΒ Щи", ["ΑΒ", "Щи"]),
    ("茶/緑ab茶", ["茶", "緑", "ab", "茶"]), ("お茶、コーヒー", ["お", "茶", "コーヒー"]), ("🎁gift", ["🎁gift"]),
  ])
  func text(_ text: String, _ expected: [String]) {
    #expect(Self.terms(Array(text.utf8)) == expected)
  }

  @Test func longTermsAreCutBetweenCharacters() {
    #expect(Self.terms(Array(String(repeating: "a", count: 40).utf8)) == [String(repeating: "a", count: 32)])
    let umlauts = "x" + String(repeating: "ü", count: 20) + "y end"
    #expect(Self.terms(Array(umlauts.utf8))[0] == "x" + String(repeating: "ü", count: 15) + "y")
    #expect(Self.terms(Array(umlauts.utf8))[1] == "end")
  }

  @Test func whateverTheBytesTermsAreUTF8AndFoundAgain() {
    var random = SeededGenerator(1)
    for _ in 0..<20_000 {
      let pieces = ["red", " ", "É", "茶", "-", "\u{2014}", "Z9"]
      var bytes = (0..<random.below(12)).flatMap { _ in Array(pieces[random.below(pieces.count)].utf8) }
      bytes = random.mutated(bytes) + random.bytes(random.below(3))
      for term in Self.terms(bytes) {
        #expect(!term.isEmpty && term.utf8.count <= Terms.lengthMax && !term.contains("\u{FFFD}"))
        #expect(Self.terms(Array(term.utf8)) == [term], "\(bytes)")
      }
    }
  }
}

@Suite struct TermPostingsTests {
  private func read(_ bytes: [UInt8]) -> (weight: UInt32, items: [UInt32])? {
    bytes.withView { view in
      guard var postings = TermPostings.Iterator(view) else { return nil }
      var items: [UInt32] = []
      while let item = postings.nextItem() { items.append(item) }
      return (postings.weight, items)
    }
  }

  @Test func itemsComeBack() throws {
    var random = SeededGenerator(2)
    for _ in 0..<500 {
      var items = Set<UInt32>()
      for _ in 0..<random.below(300) { items.insert(UInt32(random.below(random.once(in: 2) ? 500 : 1 << 24))) }
      let weight = UInt16(1 + random.below(65535))
      let back = try #require(read(TermPostings.encode(items.sorted(), weight: weight, bytesMax: .max)))
      #expect(back.weight == UInt32(weight) && back.items == items.sorted())
    }
  }

  @Test func theLeastPopularItemsAreLeftOut() throws {
    let items = (0..<10_000).map { UInt32($0 * 3) }
    #expect(
      try #require(read(TermPostings.encode(items, weight: 9, bytesMax: .max))).items.count == TermPostings.countMax)
    let short = TermPostings.encode(items, weight: 9, bytesMax: 100)
    #expect(short.count == 100)
    #expect(try #require(read(short)).items == Array(items.prefix(98)))
  }

  @Test func whateverTheBytesItemsGoUp() {
    var random = SeededGenerator(3)
    for _ in 0..<20_000 {
      let good = TermPostings.encode([1, 2, 70, 100_000], weight: 300, bytesMax: .max)
      guard let items = read(random.once(in: 2) ? random.mutated(good) : random.bytes(random.below(40)))?.items else {
        continue
      }
      #expect(zip(items, items.dropFirst()).allSatisfy { $0 < $1 })
    }
  }
}

@Suite struct UserHistoryTests {
  @Test func entriesComeBack() {
    let entries: [(item: UInt32, type: UInt8)] = [(0, 1), (16_777_215, 9), (300, 4)]
    UserHistory.encode(entries).withView { view in
      #expect(UserHistory.count(view) == 3)
      for (index, entry) in entries.enumerated() { #expect(UserHistory.entry(view, index) == entry) }
    }
  }
}
