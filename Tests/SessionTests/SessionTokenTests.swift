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
    // Two deltas of five bytes are the most that 32 bits of time allow; the others take what is left.
    session.record(Signal(item: .max, type: .dwell, time: 0))
    for _ in 1..<Session.signalsMax { session.record(Signal(item: .max, type: .dwell, time: .max)) }
    #expect(Self.token(session).count <= SessionToken.charactersMax)
    #expect(SessionToken.charactersMax <= 900, "two copies and their names fit the service's header lines")
  }

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
      case 1: token = Self.encode([1] + random.bytes(6) + random.bytes(random.below(30)))
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
    let signal: [UInt8] = [1, 7, 0, 0, 0]
    let head: [UInt8] = [1, 0, 0, 100, 0, 0, 0]
    let cases: [(String, [UInt8], Bool)] = [
      ("plain", head + signal + [0] + signal + [5], true),
      ("other version", [2] + head.dropFirst() + signal + [0], false),
      ("a longer varint", head + signal + [0] + signal + [0x85, 0], false),
      ("a varint beyond 32 bits", head + signal + [0] + signal + [0xFF, 0xFF, 0xFF, 0xFF, 0x1F], false),
      ("before 1970", head + signal + [0] + signal + [101], false),
      ("the newest not at its time", head + signal + [1], false),
      ("a time without a signal", head, false),
      ("type zero", head + [0, 7, 0, 0, 0, 0], false),
      ("an unknown type", head + [10, 7, 0, 0, 0, 0], false),
      ("a cut signal", head + signal, false),
      ("more signals than are kept", head + (0...Session.signalsMax).flatMap { _ in signal + [0] }, false),
      ("as many signals as are kept", head + (0..<Session.signalsMax).flatMap { _ in signal + [0] }, true),
    ]
    for (name, bytes, valid) in cases {
      var session = Session()
      #expect(Self.read(Self.encode(bytes), &session) == valid, "\(name)")
    }
  }

  // MARK: Help

  static func fill(_ session: inout Session, _ random: inout SeededGenerator) {
    session.clear()
    session.sequence = UInt16(truncatingIfNeeded: random.next())
    var time = UInt32(truncatingIfNeeded: random.next()) >> UInt32(random.below(32))
    for _ in 0..<random.below(Session.signalsMax + 2) {
      time = time &+ UInt32(truncatingIfNeeded: random.next()) >> UInt32(4 + random.below(28))
      session.record(
        Signal(
          item: UInt32(truncatingIfNeeded: random.next()), type: EventType.allCases.randomElement(using: &random)!,
          time: time))
    }
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
    return true
  }
}
