import Foundation
import SnapshotWriter

/// Where a generation is published to. Files are named by their content, so one that is there already is the right one.
public protocol Destination: Sendable {
  /// For messages.
  var name: String { get }
  /// Removes what a copy that was killed has left, as far as that is safe.
  func tidy()
  /// Whether a file of that name and size is there.
  func has(_ name: String, bytes: Int) throws -> Bool
  /// Puts the file at `path` there under `name`, whole or not at all.
  func put(_ path: String, as name: String) throws
}

extension Destination {
  /// Where a file appears whole or not at all, nothing is left.
  public func tidy() {}
}

/// The text of a destination, as `martlet publish` takes it.
public enum DestinationText {
  public static let forms = """
    a directory, s3://BUCKET[/PREFIX] (or any S3-compatible store, with --endpoint), kv:NAMESPACE-ID or \
    r2:BUCKET[/PREFIX] (by Cloudflare's wrangler)
    """

  /// - Parameter endpoint: address of an S3-compatible store; nil: Amazon's in `region`.
  /// - Throws: `PublishingError.destination`.
  public static func destination(_ text: String, endpoint: String?, region: String) throws -> any Destination {
    if let place = text.removing(prefix: "s3://") {
      let (bucket, prefix) = try split(place, text)
      return try S3Destination(bucket: bucket, prefix: prefix, endpoint: endpoint, region: region)
    }
    if let namespace = text.removing(prefix: "kv:") {
      guard !namespace.isEmpty else { throw PublishingError.destination(text, "it names no namespace") }
      return WranglerDestination(.namespace(id: namespace))
    }
    if let place = text.removing(prefix: "r2:") {
      let (bucket, prefix) = try split(place, text)
      return WranglerDestination(.bucket(name: bucket, prefix: prefix))
    }
    guard !text.contains("://") else { throw PublishingError.destination(text, "known are \(forms)") }
    return DirectoryDestination(text)
  }

  /// Bucket, and prefix with a slash at its end where there is one.
  private static func split(_ place: String, _ text: String) throws -> (bucket: String, prefix: String) {
    let parts = place.split(separator: "/", maxSplits: 1).map(String.init)
    guard let bucket = parts.first else { throw PublishingError.destination(text, "it names no bucket") }
    guard parts.count > 1 else { return (bucket, "") }
    return (bucket, parts[1].hasSuffix("/") ? parts[1] : parts[1] + "/")
  }
}

extension String {
  fileprivate func removing(prefix: String) -> String? { hasPrefix(prefix) ? String(dropFirst(prefix.count)) : nil }
}
