import Bytes
import Foundation
import JSONText
import TestSupport
import Testing

@Suite struct JSONWriterTests {
  private func written(capacity: Int = 4096, _ body: (inout JSONWriter) -> Void) -> (text: String, overflowed: Bool) {
    let buffer = OwnedBytes(capacity: capacity)
    var writer = JSONWriter(ByteWriter(buffer))
    body(&writer)
    return withExtendedLifetime(buffer) { (string(writer.output.view), writer.output.overflowed) }
  }

  @Test func setsCommas() {
    let (text, overflowed) = written { writer in
      writer.beginObject()
      writer.key("items")
      writer.beginArray()
      writer.integer(-1)
      writer.beginObject()
      writer.endObject()
      writer.beginArray()
      writer.endArray()
      writer.fixed(-1205, decimals: 2)
      writer.fixed(5, decimals: 0)
      writer.endArray()
      writer.key("n")
      writer.unsigned(.max)
      writer.key("ok")
      writer.bool(true)
      writer.key("none")
      writer.null()
      writer.key("as_is")
      writer.raw(ByteView("[1]"))
      writer.key(ByteView("a\"b"))
      writer.string("x")
      writer.endObject()
    }
    #expect(
      text == #"{"items":[-1,{},[],-12.05,5],"n":18446744073709551615,"ok":true,"none":null,"as_is":[1],"a\"b":"x"}"#)
    #expect(!overflowed)
  }

  @Test func escapesStrings() {
    let bytes: [UInt8] = Array("a\"\\/\n\r\t\u{0}\u{1f}\u{7f}</script>é😀".utf8) + [0xFF, 0xC3, 0x28, 0xE2, 0x82]
    let (text, _) = written { writer in bytes.withUnsafeBytes { writer.string(ByteView($0)) } }
    #expect(
      text == #""a\"\\/\n\r\t\u0000\u001f\u007f\u003c/script>é😀"# + "\u{fffd}\u{fffd}(\u{fffd}\u{fffd}\"")
  }

  @Test func whatIsWrittenParsesBackToTheSame() throws {
    var generator = SeededGenerator(6)
    for _ in 0..<500 {
      let tree = Tree.random(&generator)
      let (text, _) = written { write(tree, to: &$0) }
      #expect(try withJSON(text, Tree.init) == tree)
      #expect(throws: Never.self) {
        try JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed)
      }
    }
  }

  @Test func saysWhenTheBufferIsTooSmall() {
    #expect(written(capacity: 4) { $0.string("abc") }.overflowed)
    #expect(!written(capacity: 5) { $0.string("abc") }.overflowed)
  }

  private func write(_ tree: Tree, to writer: inout JSONWriter) {
    switch tree {
    case .null: writer.null()
    case .bool(let value): writer.bool(value)
    case .number(let value): writer.integer(value)
    case .string(let value): Array(value.utf8).withUnsafeBytes { writer.string(ByteView($0)) }
    case .array(let values):
      writer.beginArray()
      for value in values { write(value, to: &writer) }
      writer.endArray()
    case .object(let members):
      writer.beginObject()
      for member in members {
        Array(member.key.utf8).withUnsafeBytes { writer.key(ByteView($0)) }
        write(member.value, to: &writer)
      }
      writer.endObject()
    }
  }
}
