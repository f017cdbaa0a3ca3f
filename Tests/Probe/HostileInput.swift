import Bytes
import EdgeService
import Session

/// Random and mutated tokens and event bodies for one instance of the scorer, the same ones in every engine.
final class HostileInput {
  /// What came of them. The layout is that of `probe_hostile`'s answer.
  struct Outcome {
    var tokensAccepted: UInt32 = 0
    var tokensRefused: UInt32 = 0
    var bodiesAccepted: UInt32 = 0
    var bodiesRefused: UInt32 = 0
    /// Tokens that were accepted and are not the one encoding of their session, or refused and left something; answers that
    /// are neither 200 nor a refusal of the body.
    var failures: UInt32 = 0
    /// Over all that was answered.
    var checksum: UInt64 = 0

    func write(to answer: inout ByteWriter) {
      for count in [tokensAccepted, tokensRefused, bodiesAccepted, bodiesRefused, failures] { answer.append32(count) }
      answer.append64(checksum)
    }
  }

  private let service: Service
  private var draw: Draw
  private(set) var outcome = Outcome()

  private var session = Session()
  private var text = EditedText(capacity: 8192)
  private let scratch = OwnedBytes(capacity: 4096)
  private let token = OwnedBytes(capacity: 4096)
  private let body = OwnedBytes(capacity: 8192)
  private let message = OwnedBytes(capacity: 32768)

  init(_ service: Service, seed: UInt64) {
    self.service = service
    draw = Draw(seed)
  }

  func run(rounds: UInt32) {
    for _ in 0..<rounds {
      if draw.below(2) == 0 { tryToken() } else { tryBody() }
    }
  }

  // MARK: Tokens

  private func tryToken() {
    makeToken()
    session.record(Signal(item: 1, type: .view, time: 1))
    session.sequence = 9
    if SessionToken.read(text.view, scratch: scratch, into: &session) {
      outcome.tokensAccepted += 1
      var again = ByteWriter(token)
      SessionToken.write(session, scratch: scratch, into: &again)
      if !again.view.equals(text.view) { outcome.failures += 1 }
    } else {
      outcome.tokensRefused += 1
      if !session.isEmpty || session.sequence != 0 { outcome.failures += 1 }
    }
    if draw.below(8) == 0 {
      ask(draw.below(2) == 0 ? "GET /session" : "GET /recommendations", body: .empty)
    }
  }

  /// Bytes of any kind; what begins as a token does; a good one with edits in its text, or below it in its bytes.
  private func makeToken() {
    switch draw.below(8) {
    case 0: text.randomise(draw.below(700), &draw)
    case 1:
      text.randomise(draw.below(120), &draw)
      encode(start: 2)
    case 2, 3, 4:
      fillSession()
      writeSession()
      text.spoil(&draw)
    case 5, 6:
      fillSession()
      writeSession()
      var bytes = ByteWriter(scratch)
      _ = Base64URL.decode(text.view, into: &bytes)
      text.set(bytes.view)
      text.spoil(&draw)
      encode(start: nil)
    default:
      fillSession()
      writeSession()
    }
  }

  private func encode(start: UInt8?) {
    var bytes = ByteWriter(scratch)
    if let start { bytes.append(start) }
    bytes.append(text.view)
    var writer = ByteWriter(token)
    Base64URL.encode(bytes.view, into: &writer)
    text.set(writer.view)
  }

  private func writeSession() {
    var writer = ByteWriter(token)
    SessionToken.write(session, scratch: scratch, into: &writer)
    text.set(writer.view)
  }

  private func fillSession() {
    session.clear()
    session.sequence = UInt16(truncatingIfNeeded: draw.number())
    var time = draw.number() >> UInt32(draw.below(32))
    for _ in 0..<draw.below(24) {
      let type = EventType.allCases[draw.below(EventType.allCases.count)]
      let value: UInt16
      switch type {
      case .dwell: value = Dwell.value(seconds: UInt16(draw.below(600)), depth: UInt16(draw.below(101)))
      case .rate: value = UInt16(draw.below(101))
      default: value = 0
      }
      time = time &+ draw.number() >> UInt32(8 + draw.below(24))
      session.record(Signal(item: draw.number() >> UInt32(draw.below(32)), type: type, time: time, value: value))
      if draw.below(8) == 0 { session.mark(UInt16(draw.below(9)), session.time) }
    }
  }

  // MARK: Bodies

  private func tryBody() {
    var body = ByteWriter(scratch)
    if draw.below(4) == 0 {
      var value = HostileJSON(draw)
      value.write(0, to: &body)
      draw = value.draw
    } else {
      body.append(HostileJSON.bodies[draw.below(HostileJSON.bodies.count)])
    }
    text.set(body.view)
    if draw.below(4) > 0 { text.spoil(&draw) }
    var kept = ByteWriter(self.body)
    kept.append(text.view)
    fillSession()
    writeSession()
    let status = ask("POST /events", body: kept.view)
    if status == 200 { outcome.bodiesAccepted += 1 } else { outcome.bodiesRefused += 1 }
  }

  /// Sends a request that carries `text` as its token, and sometimes the name of a stored session.
  @discardableResult
  private func ask(_ line: StaticString, body: ByteView) -> UInt64 {
    var request = ByteWriter(message)
    request.append(line)
    request.append(" HTTP/1.1\r\nMartlet-Time: ")
    request.appendDecimal(UInt64(draw.number()) * 1000)
    if draw.below(4) == 0 {
      request.append("\r\nMartlet-Session-Id: ")
      request.appendDecimal(UInt64(draw.below(1000)))
    }
    // Line ends within a token would only make it another message.
    if text.view.firstIndex(of: 0x0D) == nil {
      request.append("\r\nMartlet-Session: ")
      request.append(text.view)
    }
    request.append("\r\n\r\n")
    request.append(body)
    let response = service.handle(request.view)
    outcome.checksum = (outcome.checksum &* 31) ^ hash64(response, seed: 0, kind: 0)
    let status = response.dropFirst(9).prefix(3).unsignedDecimal() ?? 0
    if request.overflowed || status != 200 && status != 400 { outcome.failures += 1 }
    return status
  }
}
