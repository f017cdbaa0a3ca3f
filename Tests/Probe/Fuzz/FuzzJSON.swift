import Bytes
import JSONText

/// Walks a text as deep as it goes, decodes every string and number, and writes it again: what is written is the same value.
func fuzzJSON(_ text: ByteView) -> UInt64 {
  var checksum = Checksum()
  do throws(JSONError) {
    let value = try JSONValue.parse(text)
    let walk = JSONWalk(textCount: text.count)
    walk.visit(value, &checksum)
  } catch {
    checksum.add(UInt64(error.offset))
  }
  return checksum.value
}

private struct JSONWalk {
  let decoded: OwnedBytes
  let written: OwnedBytes

  init(textCount: Int) {
    decoded = OwnedBytes(capacity: textCount)
    written = OwnedBytes(capacity: 6 * textCount + 64)
  }

  func visit(_ value: JSONValue, _ checksum: inout Checksum) {
    checksum.add(UInt64(value.kind.rawValue))
    switch value.kind {
    case .object:
      var members = value.members
      while let member = members.next() {
        visit(member.key, &checksum)
        visit(member.value, &checksum)
      }
    case .array:
      var elements = value.elements
      while let element = elements.next() { visit(element, &checksum) }
    case .string: visit(string: value, &checksum)
    case .number:
      checksum.add(UInt64(bitPattern: value.integer ?? -1))
      checksum.add(UInt64(bitPattern: value.fixed(decimals: 2) ?? -1))
      checksum.add(UInt64(bitPattern: value.fixed(decimals: 18) ?? -1))
      checksum.add(value.double?.bitPattern ?? 1)
    case .true, .false: checksum.add(value.bool == true ? 1 : 0)
    case .null: precondition(value.isNull)
    }
  }

  private func visit(string value: JSONValue, _ checksum: inout Checksum) {
    var plain = ByteWriter(decoded)
    value.append(to: &plain)
    // An escape is never shorter than what it stands for.
    precondition(!plain.overflowed && value.equals(plain.view))
    checksum.add(plain.view)
    var json = JSONWriter(ByteWriter(written))
    json.beginArray()
    json.string(plain.view)
    json.endArray()
    do throws(JSONError) {
      var elements = try JSONValue.parse(json.output.view).elements
      precondition(elements.next()?.equals(plain.view) == true)
    } catch {
      preconditionFailure("what was written is no JSON")
    }
  }
}
