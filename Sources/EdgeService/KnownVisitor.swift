import Bytes
import Digest
import JSONText
import Recommender
import Session
import SnapshotFormat

extension Service {
  /// The visitor's row of table `user`, where they have agreed to be known, the host says who they are, and gives the key by which
  /// the builder has hashed its users' ids.
  func userRow(_ visit: Visit, _ headers: HTTPHeaders, _ base: BaseSnapshot) throws(Problem) -> Int64? {
    guard base.knowsUsers, visit.isKnown, let user = headers["martlet-user"], let key = headers["martlet-key"] else {
      return nil
    }
    var secret = ByteWriter(scratch)
    guard Base64URL.decode(key, into: &secret) else {
      throw .badRequest("not base64url without padding", field: "Martlet-Key")
    }
    return HMACSHA256.rowID(user, key: secret.view)
  }

  /// What the snapshot knows of the visitor, newest first; nothing where it knows nobody of that name.
  func writeHistory(_ json: inout JSONWriter, _ base: BaseSnapshot) {
    let history = base.history(of: query.user)
    guard !history.isEmpty else { return }
    json.key("history")
    json.beginArray()
    for index in Indices(UserHistory.count(history)) {
      let entry = UserHistory.entry(history, index)
      guard entry.item < base.items, let type = EventType(rawValue: entry.type) else { continue }
      json.beginObject()
      json.member("event", type.name)
      json.member("item_id", base.id(entry.item))
      json.endObject()
    }
    json.endArray()
  }
}
