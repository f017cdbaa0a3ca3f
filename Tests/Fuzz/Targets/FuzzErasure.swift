import Configuration
import EventLog
import Foundation

/// A person is removed from a file of events, or from one of rejects. The first byte says which: a bit for rejects, two for the
/// configuration, one for that a session goes too.
struct ErasureFuzzing {
  private let configurations: [Configuration]
  private let path: String
  private static let rowLengthMax = 2048

  init() throws {
    configurations = try TableConfigurations.all()
    path = "\(try ScratchFolder.make())/input"
  }

  func run(_ data: Data) -> UInt64 {
    guard let first = data.first else { return 0 }
    let text = data.dropFirst()
    let removed = removed(from: text, first, chunkLength: 4096)
    let left = ScratchFolder.bytes(path)
    precondition(removed.map { $0 > 0 } ?? false || left.elementsEqual(text))
    let isCompressed = text.starts(with: [0x1F, 0x8B])
    if !isCompressed {
      precondition(ErasureFuzzing.isPart(left, of: text))
      // Where the pieces end that are read and written makes no difference.
      precondition(self.removed(from: text, first, chunkLength: 7) == removed && ScratchFolder.bytes(path) == left)
    }
    guard let removed else { return 0 }
    // Where the first row has gone, `auto` may take what is left for another format.
    guard ErasureFuzzing.isJSON(left) == ErasureFuzzing.isJSON(text) else { return removed + 1 }
    // Nothing of the person is left to remove. Nor can it be removed from what no longer says of any row whose it is.
    precondition(self.removed(from: left, first, chunkLength: 4096) ?? 0 == 0)
    return removed + 1
  }

  /// Writes the text and removes the person from it; how many rows went, or nil where it cannot be read.
  private func removed(from text: Data, _ first: UInt8, chunkLength: Int) -> UInt64? {
    ScratchFolder.write(text, path)
    let configuration = configurations[Int(first >> 1 & 3) % configurations.count]
    var erasure = Erasure(user: "u1", sessions: first & 8 == 0 ? [] : ["s1"], configuration)
    (erasure.chunkLength, erasure.rowLengthMax) = (chunkLength, ErasureFuzzing.rowLengthMax)
    var removed: UInt64 = 0
    do {
      let isRejects = first & 1 == 1
      try erasure.run(events: isRejects ? [] : [path], rejects: isRejects ? [path] : []) { removed += $0.removed }
      return removed
    } catch is EventLogError {
      return nil
    } catch is ErasureError {
      return nil
    } catch {
      preconditionFailure("no error of the erasure's: \(error)")
    }
  }

  /// Whether the first line that is not empty starts as a row of NDJSON does.
  private static func isJSON(_ text: Data) -> Bool {
    text.first { $0 > 0x20 && ![0xEF, 0xBB, 0xBF].contains($0) } == UInt8(ascii: "{")
  }

  /// Whether `part` is `whole` without some of its bytes.
  private static func isPart(_ part: Data, of whole: Data) -> Bool {
    var rest = part[...]
    for byte in whole where byte == rest.first { rest = rest.dropFirst() }
    return rest.isEmpty
  }
}
