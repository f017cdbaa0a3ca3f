import Bytes

/// The marks by which a file says that it is a Martlet snapshot and of which version.
public enum FormatVersion {
  /// Raised with every change that an older scorer would misread. Stands in SQLite's `user_version`.
  public static let current: UInt32 = 1
  /// "MRTL", in SQLite's `application_id`.
  public static let applicationID: UInt32 = 0x4D52_544C
}

/// What a snapshot file holds. The raw values are part of the ABI (`martlet_open`) and of the manifest.
public enum FileKind: UInt32, CaseIterable, Sendable {
  /// Items, attributes, factors, lists, and what is popular everywhere.
  case base = 1
  /// What is popular in one region.
  case region = 2
  /// What changes within minutes: sold out, prices, pins. Reserved; no scorer opens it yet.
  case overlay = 3
  /// Titles, URLs and images, for answers that are rendered.
  case text = 4

  public var name: StaticString {
    switch self {
    case .base: "base"
    case .region: "region"
    case .overlay: "overlay"
    case .text: "text"
    }
  }

  public init?(named name: ByteView) {
    for kind in FileKind.allCases where name.equals(kind.name) {
      self = kind
      return
    }
    return nil
  }
}
