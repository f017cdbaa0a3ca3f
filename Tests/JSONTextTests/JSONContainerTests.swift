import Bytes
import JSONText
import Testing

@Suite struct JSONContainerTests {
  @Test func findsMembersByDecodedName() throws {
    try withJSON(#"{"x":1, "item_id":"a", "n\u0061me" : [2], "x":3}"#) { value in
      #expect(value.member(named: "item_id").map(decoded) == "a")
      #expect(value.member(named: "name")?.elements.map(\.integer) == [2])
      #expect(value.member(named: "x")?.integer == 3, "the last of a repeated name counts")
      #expect(value.member(named: "item") == nil)
      #expect(value.member(named: "item_id2") == nil)
    }
  }

  @Test func otherKindsHaveNoMembersOrElements() throws {
    for text in ["1", "\"{}\"", "null", "[]", "[1]"] {
      try withJSON(text) { value in
        #expect(value.members.map { $0.key.text.count }.isEmpty)
        #expect(value.member(named: "a") == nil)
      }
    }
    try withJSON(#"{"a":[1]}"#) { #expect($0.elements.map(\.kind).isEmpty) }
  }

  @Test func keepsTheTextOfEachElement() throws {
    try withJSON(#" [ {"a":"]"} ,-1.50, "\"[" ,[ [] ], true] "#) { value in
      #expect(value.elements.map { string($0.text) } == [#"{"a":"]"}"#, "-1.50", #""\"[""#, "[ [] ]", "true"])
    }
  }
}

@Suite struct JSONStringTests {
  @Test func decodesInPlaceWhereThereIsNoEscape() throws {
    try withJSON("\"caf\u{e9}\"") { #expect($0.unescapedString.map(string) == "caf\u{e9}") }
    try withJSON(#""a\nb""#) { #expect($0.unescapedString == nil) }
    try withJSON("12") { #expect($0.unescapedString == nil) }
  }

  @Test(arguments: [
    (#""\u0041\u00e9\u20AC\uD83D\ude00""#, "Aé€😀"), (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{c}\n\r\t"),
    (#""\ud800""#, "\u{fffd}"), (#""\udc00\ud800x""#, "\u{fffd}\u{fffd}x"), (#""\ud800\u0041""#, "\u{fffd}A"),
    (#""\ud800\ud83d\ude00""#, "\u{fffd}😀"), (#""\u0000""#, "\0"), (#""\uD83D\n""#, "\u{fffd}\n"),
  ])
  func decodesEscapes(text: String, expected: String) throws {
    try withJSON(text) { value in
      #expect(decoded(value) == expected)
      #expect(Array(expected.utf8).withUnsafeBytes { value.equals(ByteView($0)) })
      #expect(!Array((expected + "x").utf8).withUnsafeBytes { value.equals(ByteView($0)) })
      #expect(!Array(expected.utf8.dropLast()).withUnsafeBytes { value.equals(ByteView($0)) })
    }
  }

  @Test func reportsAStringThatDoesNotFit() throws {
    try withJSON(#""ab\ncd""#) { value in
      let buffer = OwnedBytes(capacity: 4)
      var writer = ByteWriter(buffer)
      value.append(to: &writer)
      #expect(withExtendedLifetime(buffer) { writer.overflowed })
    }
  }
}
