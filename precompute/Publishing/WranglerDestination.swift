import Foundation

/// Cloudflare's stores, by the platform's own command line: `wrangler` has to be on PATH and logged in.
struct WranglerDestination: Destination {
  enum Store {
    case namespace(id: String)
    case bucket(name: String, prefix: String)
  }

  /// The largest value of Workers KV.
  static let valueBytesMax = 25 << 20

  let store: Store
  var name: String {
    switch store {
    case .namespace(let id): "kv:\(id)"
    case .bucket(let name, let prefix): "r2:\(name)/\(prefix)"
    }
  }

  init(_ store: Store) { self.store = store }

  /// Whether a key is there costs as much as putting it; a namespace lists its keys in one request.
  func has(_ file: String, bytes: Int) throws -> Bool {
    guard case .namespace(let id) = store else { return false }
    let list = try Command(
      name: "wrangler", arguments: ["kv", "key", "list", "--namespace-id", id, "--prefix", file, "--remote"]
    ).check()
    struct Key: Decodable { let name: String }
    let keys = try? JSONDecoder().decode([Key].self, from: Data(list.output.utf8))
    return keys?.contains { $0.name == file } ?? false
  }

  func put(_ path: String, as file: String) throws {
    switch store {
    case .namespace(let id):
      let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0
      guard size <= WranglerDestination.valueBytesMax else {
        throw PublishingError.destination("\(name)/\(file)", "\(size) bytes, and a value has at most 25 MiB")
      }
      try Command(
        name: "wrangler", arguments: ["kv", "key", "put", file, "--path", path, "--namespace-id", id, "--remote"]
      ).check()
    case .bucket(let bucket, let prefix):
      try Command(
        name: "wrangler", arguments: ["r2", "object", "put", "\(bucket)/\(prefix)\(file)", "--file", path, "--remote"]
      ).check()
    }
  }
}
