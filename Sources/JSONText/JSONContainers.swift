import Bytes

extension JSONValue {
  /// The members of an object in the order of the text; of any other kind none.
  public var members: JSONMembers { JSONMembers(items: JSONItems(self, of: .object)) }

  /// The elements of an array in order; of any other kind none.
  public var elements: JSONElements { JSONElements(items: JSONItems(self, of: .array)) }

  /// The value of the member with this name: the last one where a name is repeated, as JavaScript reads it.
  public func member(named name: StaticString) -> JSONValue? { member(ByteView(name)) }

  /// The same for a name that is not a literal.
  public func member(_ name: ByteView) -> JSONValue? {
    var found: JSONValue?
    var members = members
    while let member = members.next() {
      if member.key.equals(name) { found = member.value }
    }
    return found
  }
}

/// The members of an object.
public struct JSONMembers: Sequence, IteratorProtocol {
  var items: JSONItems

  /// The key is a value of kind string.
  public mutating func next() -> (key: JSONValue, value: JSONValue)? {
    guard let key = items.next(), let value = items.next() else { return nil }
    return (key, value)
  }
}

/// The elements of an array.
public struct JSONElements: Sequence, IteratorProtocol {
  var items: JSONItems

  public mutating func next() -> JSONValue? { items.next() }
}

/// The values between the brackets of a checked container. Separators need no second check, so keys and values of an
/// object come out as one sequence.
struct JSONItems {
  private var rest: ByteView

  init(_ container: JSONValue, of kind: JSONValue.Kind) {
    rest = container.kind == kind ? container.text.dropFirst(1).dropLast(1) : .empty
  }

  @inline(never)
  mutating func next() -> JSONValue? {
    var start = 0
    while start < rest.count, isSeparator(rest[start]) { start &+= 1 }
    rest = rest.dropFirst(start)
    guard !rest.isEmpty else { return nil }
    let length = lengthOfValue()
    let value = JSONValue(checked: rest.prefix(length))
    rest = rest.dropFirst(length)
    return value
  }

  private func isSeparator(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x20, 0x0A, 0x0D, 0x09, UInt8(ascii: ","), UInt8(ascii: ":"): true
    default: false
    }
  }

  private func lengthOfValue() -> Int {
    var depth = 0
    var index = 0
    while index < rest.count {
      switch rest[index] {
      case UInt8(ascii: "\""): index = endOfString(from: index)
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        depth &+= 1
        index &+= 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        depth &-= 1
        index &+= 1
      default:
        // A number or literal, or, inside a container, anything.
        index &+= 1
        if depth == 0, index < rest.count, !isSeparator(rest[index]) { continue }
      }
      if depth == 0 { return index }
    }
    return index
  }

  private func endOfString(from quote: Int) -> Int {
    var index = quote &+ 1
    while index < rest.count, rest[index] != UInt8(ascii: "\"") {
      index &+= rest[index] == UInt8(ascii: "\\") ? 2 : 1
    }
    return index &+ 1
  }
}
