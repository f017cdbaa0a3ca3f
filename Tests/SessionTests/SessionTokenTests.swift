import Bytes
import Session
import TestSupport
import Testing

@Suite struct SessionTokenTests {
  @Test func everySessionComesBack() {
    var random = SeededGenerator(1)
    for _ in 0..<5_000 {
      var session = Session()
      Self.fill(&session, &random)
      let token = Self.token(session)
      #expect(token.count <= SessionToken.charactersMax)
      var read = Session()
      #expect(Self.read(token, &read))
      #expect(read.sequence == session.sequence && read.signals(of: session))
    }
  }

  @Test func theLongestTokenFitsItsBound() {
    var session = Session()
    session.sequence = .max
    // Two deltas of six bytes are the most that 32 bits of time allow; the others take what is left.
    session.record(Signal(item: 0, type: .dwell, time: 0, value: .max - 27))
    for item in 1..<UInt32(Session.signalsMax) {
      session.record(Signal(item: item, type: .dwell, time: .max, value: .max - 27))
    }
    for counter in 1...UInt16(Session.marksMax) { session.mark(counter, UInt32(counter) << 27) }
    #expect(Self.token(session).count <= SessionToken.charactersMax)
    #expect(SessionToken.charactersMax <= 1400, "two copies and their names fit the service's header lines")
  }

  /// What docs/http-api.md says of sizes: views half a minute apart, each item looked at and stayed at.
  @Test(arguments: [(20, 125, 167), (64, 367, 490)]) func usualTokensAreShort(signals: Int, bytes: Int, characters: Int)
  {
    var session = Session()
    for index in 0..<UInt32(signals) {
      let isStay = index % 4 == 3
      let item = hash32(of: isStay ? index - 1 : index)
      session.record(
        Signal(
          item: item, type: isStay ? .dwell : .view, time: 1_700_000_000 + 30 * index,
          value: isStay ? Dwell.value(seconds: 25, depth: 60) : 0))
    }
    #expect(Self.bytes(of: session).count == bytes && Self.token(session).count == characters)
  }

  private func hash32(of index: UInt32) -> UInt32 { "\(index)".withView { Bytes.hash32($0) } }

  @Test func anEmptySessionHasAToken() {
    let token = Self.token(Session())
    var read = Session()
    read.record(Signal(item: 1, type: .view, time: 1))
    #expect(Self.read(token, &read) && read.count == 0)
  }

  /// A token is hostile input: what is accepted is the one encoding of its session, everything else leaves nothing.
  @Test func everyTextIsRefusedOrTheOneTokenOfItsSession() {
    var random = SeededGenerator(2)
    var (accepted, refused) = (0, 0)
    var source = Session()
    var read = Session()
    for round in 0..<200_000 {
      let token: [UInt8]
      switch round % 4 {
      case 0: token = random.bytes(random.below(500))
      case 1: token = Self.encode([2] + random.bytes(7) + random.bytes(random.below(30)))
      default:
        Self.fill(&source, &random)
        let valid = Self.token(source)
        // Mutations of the text, or of the bytes below it, so that the outer encoding stays right.
        token = round % 4 == 2 ? random.mutated(valid) : Self.encode(random.mutated(Self.bytes(of: source)))
      }
      read.record(Signal(item: 1, type: .view, time: 1))
      read.sequence = 9
      if Self.read(token, &read) {
        accepted += 1
        #expect(Self.token(read) == token)
      } else {
        refused += 1
        #expect(read.count == 0 && read.sequence == 0)
      }
    }
    #expect(accepted > 5_000 && refused > 50_000, "\(accepted) accepted, \(refused) refused")
  }

  @Test func refusesOtherEncodingsOfTheSame() {
    func token(_ count: Int, _ rest: [UInt8], time: UInt8 = 100, version: UInt8 = 2) -> [UInt8] {
      [version, 0, 0, time, 0, 0, 0, 7, 7, 7, 7, UInt8(count)] + rest
    }
    let view: [UInt8] = [1, 7, 0, 0, 0]
    /// The time before the one above, in seconds below four, and a view of another item or of the same.
    let cases: [(String, [UInt8], Bool)] = [
      ("nothing", token(0, [], time: 0), true),
      ("a view", token(1, view), true),
      ("another a second before", token(2, view + [0x21, 8, 0, 0, 0]), true),
      ("the same item", token(2, view + [0x31]), true),
      ("a dwell", token(1, [9, 7, 0, 0, 0, 0xE4, 0x01]), true),
      ("a rating", token(1, [6, 7, 0, 0, 0, 80]), true),
      ("a mark", token(1, view + [0, 0, 0]), true),
      ("marks alone", token(0, [0, 0, 0, 5, 9, 9]), true),
      ("another version", token(1, view, version: 1), false),
      ("a longer varint", token(2, view + [0xA1, 0, 8, 0, 0, 0]), false),
      ("a varint of seven bytes", token(2, view + [0xA1, 0x80, 0x80, 0x80, 0x80, 0x80, 1, 8, 0, 0, 0]), false),
      ("before 1970", token(2, view + [0xC1, 0x19, 8, 0, 0, 0]), false),
      ("the newest not at its time", token(1, [0x21, 7, 0, 0, 0]), false),
      ("a time without a signal", token(0, []), false),
      ("the newest mark not at its time", token(0, [1, 0, 0]), false),
      ("the same item written out", token(2, view + [0x21, 7, 0, 0, 0]), false),
      ("the same item as none", token(1, [0x11]), false),
      ("type zero", token(1, [0, 7, 0, 0, 0]), false),
      ("an unknown type", token(1, [10, 7, 0, 0, 0]), false),
      ("a scroll beyond the page", token(1, [9, 7, 0, 0, 0, 101]), false),
      ("a value of 17 bits", token(1, [9, 7, 0, 0, 0, 0x80, 0x80, 0x04]), false),
      ("a rating above the top", token(1, [6, 7, 0, 0, 0, 101]), false),
      ("no value", token(1, [9, 7, 0, 0, 0]), false),
      ("a cut signal", token(1, [1, 7, 0, 0]), false),
      ("fewer signals than it says", token(2, view), false),
      ("a cut mark", token(1, view + [0, 0]), false),
      ("more signals than are kept", token(65, view + Array(repeating: 0x11, count: 64)), false),
      ("as many as are kept", token(64, view + Array(repeating: 0x11, count: 63)), true),
      ("more marks than are kept", token(0, (0...Session.marksMax).flatMap { _ in [0, 0, 0] as [UInt8] }), false),
      ("as many marks", token(0, (0..<Session.marksMax).flatMap { _ in [0, 0, 0] as [UInt8] }), true),
    ]
    for (name, bytes, valid) in cases {
      var session = Session()
      #expect(Self.read(Self.encode(bytes), &session) == valid, "\(name)")
      #expect(valid || session.isEmpty)
    }
  }

  /// A token of the first version, as it stood in browsers.
  @Test func tokensOfTheFirstVersionGiveNothing() {
    var session = Session()
    #expect(!Self.read(Array("AQEAQDNjZQJ0AwvhAAGvFeMiAA".utf8), &session) && session.isEmpty)
  }

  // MARK: Help

  static func fill(_ session: inout Session, _ random: inout SeededGenerator) {
    session.clear()
    session.sequence = UInt16(truncatingIfNeeded: random.next())
    var time = UInt32(truncatingIfNeeded: random.next()) >> UInt32(random.below(32))
    for _ in 0..<random.below(Session.signalsMax + 2) {
      time = time &+ UInt32(truncatingIfNeeded: random.next()) >> UInt32(4 + random.below(28))
      let type = EventType.allCases.randomElement(using: &random)!
      let value: UInt16 =
        switch type {
        case .dwell: Dwell.value(seconds: UInt16(random.below(600)), depth: UInt16(random.below(101)))
        case .rate: UInt16(random.below(101))
        default: 0
        }
      session.record(
        Signal(
          item: UInt32(truncatingIfNeeded: random.next()) >> UInt32(random.below(32)), type: type, time: time,
          value: value))
      if random.once(in: 5) { session.mark(UInt16(random.below(5)), session.time - min(session.time, 9)) }
    }
    if random.once(in: 8) { while session.count > 0 { session.drop(0) } }
  }

  static func token(_ session: borrowing Session) -> [UInt8] {
    let (scratch, output) = (
      OwnedBytes(capacity: SessionToken.bytesMax), OwnedBytes(capacity: SessionToken.charactersMax)
    )
    var writer = ByteWriter(output)
    SessionToken.write(session, scratch: scratch, into: &writer)
    #expect(!writer.overflowed)
    return writer.view.array
  }

  static func read(_ token: [UInt8], _ session: inout Session) -> Bool {
    let scratch = OwnedBytes(capacity: SessionToken.bytesMax)
    return token.withUnsafeBytes { SessionToken.read(ByteView($0), scratch: scratch, into: &session) }
  }

  static func encode(_ bytes: [UInt8]) -> [UInt8] {
    written { writer in bytes.withView { Base64URL.encode($0, into: &writer) } }
  }

  static func bytes(of session: borrowing Session) -> [UInt8] {
    let token = token(session)
    return written { writer in token.withView { _ = Base64URL.decode($0, into: &writer) } }
  }
}

extension Session {
  borrowing func signals(of other: borrowing Session) -> Bool {
    guard count == other.count else { return false }
    for age in 0..<count where newest(age) != other.newest(age) { return false }
    guard marks.count == other.marks.count else { return false }
    for index in 0..<marks.count where marks[index] != other.marks[index] { return false }
    return true
  }
}
