import Bytes
import Digest
import Recommender

extension Service {
  /// The visitor's row of table `user`, where they have agreed to be known, the host says who they are, and gives the key by which
  /// the builder has hashed its users' ids.
  func userRow(_ visit: Visit, _ headers: HTTPHeaders, _ base: BaseSnapshot) throws(Problem) -> Int64? {
    guard base.knowsUsers, let user = visit.user, let key = headers["martlet-key"] else { return nil }
    var secret = ByteWriter(scratch)
    guard Base64URL.decode(key, into: &secret) else {
      throw .badRequest("not base64url without padding", field: "Martlet-Key")
    }
    return HMACSHA256.rowID(user, key: secret.view)
  }
}
