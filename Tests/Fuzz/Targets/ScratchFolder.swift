import Foundation

/// A folder for the files of one process, in memory where there is such a place; it goes with the process.
enum ScratchFolder {
  static func make() throws -> String {
    // Replacing a file waits until it is on disk.
    let memory = "/dev/shm"
    let place = FileManager.default.isWritableFile(atPath: memory) ? memory : NSTemporaryDirectory()
    let folder = "\(place)/martlet-fuzz-\(getpid())"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    made = folder
    atexit { try? FileManager.default.removeItem(atPath: ScratchFolder.made) }
    return folder
  }

  nonisolated(unsafe) private static var made = ""

  static func write(_ bytes: Data, _ path: String) {
    guard FileManager.default.createFile(atPath: path, contents: bytes) else { fatalError("\(path) cannot be written") }
  }

  /// Foundation leaks its buffer where a file is empty, which LeakSanitizer would report.
  static func bytes(_ path: String) -> Data {
    guard let file = fopen(path, "r") else { fatalError("\(path) cannot be read") }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 1 << 16)
    let count = fread(&bytes, 1, bytes.count, file)
    return Data(bytes[..<count])
  }
}
