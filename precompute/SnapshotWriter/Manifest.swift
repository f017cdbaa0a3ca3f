import Bytes
import Digest
import Foundation
import SnapshotFormat

/// `manifest.json`: what is published, for hosts. Its rename is the moment of publication.
public struct Manifest: Codable, Sendable, Equatable {
  public struct File: Codable, Sendable, Equatable {
    /// base, region or text.
    public let kind: String
    /// Region files: the region's code, and its parent's below the world.
    public let region: String?
    public let parent: String?
    /// In the manifest's directory; named by content.
    public let name: String
    public let bytes: Int
    /// Hexadecimal; of the whole file, and of each chunk of `chunkBytes`, the last one shorter.
    public let sha256: String
    public let chunks: [String]
  }

  /// Browsers' WebCrypto has no streaming digest: chunks can be checked as they arrive.
  public static let chunkBytes = 1 << 20
  public static let fileName = "manifest.json"

  public let format: Int
  public let generation: String
  /// When the build ended, ISO 8601: the one thing here that two builds of the same input do not share.
  public let built: String
  /// The newest moment that the models know of.
  public let asOf: String
  public let files: [File]
  /// By region code: the region whose file serves it, "world" where the base alone does.
  public let regions: [String: String]

  enum CodingKeys: String, CodingKey {
    case format, generation, built, files, regions
    case asOf = "as_of"
  }

  static func encode(_ manifest: Manifest) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return try encoder.encode(manifest) + Data("\n".utf8)
  }

  public static func load(directory: String) throws -> Manifest {
    let path = "\(directory)/\(fileName)"
    return try decode(contents(of: path), path: path)
  }

  /// - Parameter path: what errors name.
  package static func decode(_ data: Data, path: String) throws -> Manifest {
    guard let manifest = try? JSONDecoder().decode(Manifest.self, from: data) else {
      throw SnapshotWriterError.notVerified(file: path, reason: "not a manifest")
    }
    guard manifest.format == FormatVersion.current else {
      throw SnapshotWriterError.notVerified(file: path, reason: "unknown format \(manifest.format)")
    }
    return manifest
  }

  /// A file of this generation, held against its size and digest.
  public func read(_ file: File, in directory: String) throws -> Data {
    let path = "\(directory)/\(file.name)"
    guard file.name.wholeMatch(of: /[a-z]+-[0-9a-f]+\.sqlite/) != nil else {
      throw SnapshotWriterError.notVerified(file: path, reason: "not the name of a snapshot file")
    }
    let data = try Manifest.contents(of: path)
    guard data.count == file.bytes, hexadecimal(SHA256.hash(data)) == file.sha256 else {
      throw SnapshotWriterError.notVerified(file: path, reason: "size or SHA-256 differ from the manifest's")
    }
    return data
  }

  private static func contents(of path: String) throws -> Data {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw SnapshotWriterError.system(call: "read", path: path, reason: "there is no such file, or it may not be read")
    }
    return data
  }
}

extension Manifest.File {
  init(_ file: SnapshotFile) throws {
    let data = try Data(contentsOf: URL(filePath: file.path), options: .mappedIfSafe)
    let digest = hexadecimal(SHA256.hash(data))
    kind = "\(file.kind.name)"
    region = file.region
    parent = file.parent
    name = "\(file.kind.name)-\(digest.prefix(16)).sqlite"
    bytes = data.count
    sha256 = digest
    chunks = stride(from: 0, to: data.count, by: Manifest.chunkBytes).map { start in
      hexadecimal(SHA256.hash(data[start..<min(start + Manifest.chunkBytes, data.count)]))
    }
  }
}

extension SHA256 {
  package static func hash(_ data: Data) -> Digest {
    data.withUnsafeBytes { hash(ByteView($0)) }
  }

  package mutating func update(_ data: Data) {
    data.withUnsafeBytes { update(ByteView($0)) }
  }
}

/// Lower case, two digits a byte.
package func hexadecimal(_ digest: SHA256.Digest) -> String {
  digest.indices.map { String(format: "%02x", digest[$0]) }.joined()
}
