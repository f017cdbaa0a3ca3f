import Bytes
import Digest
import JSONText
import Recommender
import SnapshotFormat

// What the shop's rules say of the visitor, as members of an answer.
extension Service {
  /// The visitor's segments: those that rules have them join, then the one that the session's behaviour speaks for.
  func writeSegments(_ json: inout JSONWriter, _ base: BaseSnapshot) {
    json.key("segments")
    json.beginArray()
    if let rules = base.rules {
      for segment in recommender.rules.segments.indices where recommender.rules.segments[segment] != RuleStep.never {
        Service.write(rules.segmentCode(segment), rules.segmentName(segment), source: "rule", &json)
      }
    }
    if let segments = base.segments, let segment = recommender.segment {
      Service.write(segments.code(segment), segments.name(segment), source: "cluster", &json)
    }
    json.endArray()
  }

  @inline(never)
  private static func write(_ code: ByteView, _ name: ByteView, source: StaticString, _ json: inout JSONWriter) {
    json.beginObject()
    json.member("id", code)
    json.member("name", name)
    json.member("source", source)
    json.endObject()
  }

  /// What rules offer now. Without the host's key, base64url, nobody could tell an offer from an invented one: then there is none.
  func writeOffers(_ json: inout JSONWriter, _ base: BaseSnapshot, key: ByteView?) {
    guard let rules = base.rules, let key = decodedKey(key) else { return }
    guard !recommender.rules.offers.isEmpty else { return }
    json.key("offers")
    json.beginArray()
    for index in recommender.rules.offers.indices {
      let offer = recommender.rules.offers[index]
      write(offer, rules, key: key, &json)
    }
    json.endArray()
  }

  private func decodedKey(_ text: ByteView?) -> ByteView? {
    guard let text, text.count <= 1024 else { return nil }
    var writer = ByteWriter(scratch)
    guard Base64URL.decode(text, into: &writer), writer.count > 0 else { return nil }
    return writer.view
  }

  /// The MAC is over `code`, a line feed, the rule's id, a line feed, and the seconds of expiry in decimal.
  private func write(_ offer: Offer, _ rules: RuleTable, key: ByteView, _ json: inout JSONWriter) {
    let (id, code) = (rules.id(Int(offer.rule)), rules.offer(Int(offer.rule)))
    // Behind the key, which is at most three quarters of a kilobyte.
    var message = ByteWriter(base: scratch.start + 1024, capacity: 1024)
    message.append(code)
    message.append("\n")
    message.append(id)
    message.append("\n")
    message.appendDecimal(UInt64(offer.expires))
    let mac = HMACSHA256.authenticate(message.view, key: key)
    var text = ByteWriter(base: scratch.start + 2048, capacity: 64)
    mac.span.withUnsafeBytes { Base64URL.encode(ByteView($0), into: &text) }
    json.beginObject()
    json.member("rule", id)
    json.member("code", code)
    json.member("expires", Int64(offer.expires))
    json.member("mac", text.view)
    json.endObject()
  }
}
