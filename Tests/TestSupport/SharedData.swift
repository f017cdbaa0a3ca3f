import struct Configuration.Configuration
import Foundation

/// The folder of the real data sets, or nil where it is not there.
public let sharedData: URL? = {
  let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
  let named = ProcessInfo.processInfo.environment["MARTLET_SHARED"].map { URL(filePath: $0) }
  let folder = (named ?? package.deletingLastPathComponent().appending(path: "shared")).appending(path: "data")
  return FileManager.default.fileExists(atPath: folder.path) ? folder : nil
}()

/// The configuration of that name among the project's examples.
public func example(_ name: String) throws -> Configuration {
  let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../examples")
  return try Configuration.load(path: folder.appending(path: name).path)
}
