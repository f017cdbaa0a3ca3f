import Bytes
import Digest
import Foundation
import SnapshotWriter

#if canImport(Glibc)
  import Glibc
#endif

/// One set of values and what came of it.
public struct Trial: Codable, Equatable, Sendable {
  /// Keys that differ from the file.
  public let values: [String: String]
  /// Empty where no snapshot could be built.
  public let folds: [GroupedSums]
  public let seconds: Double

  package init(values: [String: String], folds: [GroupedSums], seconds: Double) {
    (self.values, self.folds, self.seconds) = (values, folds, seconds)
  }

  /// Of the folds asked; nil where no snapshot could be built.
  public var mean: Double? { score?.mean }
  var score: TrialScore? { folds.isEmpty ? nil : TrialScore(folds: folds) }
}

/// Finished trials on disk, one JSON object a line, so that a run that was killed goes on where it was. The first line says of which
/// run it is; a line that a kill has cut off is dropped.
public final class TuningJournal {
  /// What decides every trial: two runs with the same identity make the same trials.
  public struct Identity: Codable, Equatable, Sendable {
    /// Digests of the input files' bytes and of the configuration's text.
    public let data: String
    public let configuration: String
    /// Protocol, folds, metric, seed and what is searched, in words.
    public let settings: String

    public init(files: [String], configuration: String, settings: String) throws {
      data = try Identity.digest(files)
      self.configuration = Identity.name(SHA256.hash(Data(configuration.utf8)))
      self.settings = settings
    }

    private static func digest(_ files: [String]) throws -> String {
      var digest = SHA256()
      for path in files {
        guard let file = FileHandle(forReadingAtPath: path) else {
          throw TuningError.system(call: "open", path: path, reason: "the file cannot be read")
        }
        while let data = try file.read(upToCount: 1 << 20), !data.isEmpty { digest.update(data) }
        digest.update(Data("\(try file.offset())\n".utf8))
      }
      return name(digest.finalize())
    }

    private static func name(_ digest: SHA256.Digest) -> String { String(hexadecimal(digest).prefix(16)) }
  }

  /// The first line.
  private struct Header: Codable {
    let identity: Identity
    let latest: UInt32
  }

  public let path: String
  /// The latest time of an event that is read, seconds since 1970, as the clock had it when the journal began: a later one would let more
  /// events in, and then trials before and after would not be of the same data.
  public let latest: UInt32
  /// What earlier runs have left.
  public let trials: [Trial]
  private let descriptor: Int32

  /// Opens the journal, or begins it.
  /// - Parameter latest: what counts where it begins.
  /// - Throws: `TuningError` where it is of another run, damaged, or in use.
  public init(path: String, identity: Identity, latest: UInt32) throws {
    self.path = path
    descriptor = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw TuningJournal.failure("open", path) }
    let found: (latest: UInt32, trials: [Trial])?
    do {
      // The kernel lets go of it with the process.
      guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else { throw TuningError.journalInUse(path: path) }
      found = try TuningJournal.read(path, descriptor, identity)
    } catch {
      close(descriptor)
      throw error
    }
    (self.latest, trials) = (found?.latest ?? latest, found?.trials ?? [])
    if found == nil { try append(line: Header(identity: identity, latest: latest)) }
  }

  deinit {
    // A process that is being started beside this one holds a copy of the descriptor for a moment, and with it the lock.
    flock(descriptor, LOCK_UN)
    close(descriptor)
  }

  /// Writes a trial, and waits until it is on the disk.
  public func append(_ trial: Trial) throws { try append(line: trial) }

  private func append(line: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let data = try encoder.encode(line) + Data("\n".utf8)
    let written = data.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    guard written == data.count else { throw TuningJournal.failure("write", path) }
    guard fsync(descriptor) == 0 else { throw TuningJournal.failure("fsync", path) }
  }

  /// Nil where not even the first line is whole.
  private static func read(
    _ path: String, _ descriptor: Int32, _ identity: Identity
  ) throws -> (latest: UInt32, trials: [Trial])? {
    let data = try Data(contentsOf: URL(filePath: path))
    let whole = data.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
    if whole < data.count, ftruncate(descriptor, off_t(whole)) != 0 { throw failure("truncate", path) }
    let lines = data[..<whole].split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).dropLast()
    guard let first = lines.first else { return nil }
    guard let header = try? JSONDecoder().decode(Header.self, from: first) else {
      throw TuningError.badJournal(path: path, line: 1)
    }
    let found = header.identity
    for (what, part) in [("data", \Identity.data), ("configuration", \.configuration), ("setting", \.settings)]
    where found[keyPath: part] != identity[keyPath: part] {
      throw TuningError.otherJournal(
        path: path, what: what, found: found[keyPath: part], wanted: identity[keyPath: part])
    }
    let trials = try lines.dropFirst().enumerated().map { index, line in
      guard let trial = try? JSONDecoder().decode(Trial.self, from: line) else {
        throw TuningError.badJournal(path: path, line: index + 2)
      }
      return trial
    }
    return (header.latest, trials)
  }

  private static func failure(_ call: String, _ path: String) -> TuningError {
    .system(call: call, path: path, reason: String(cString: strerror(errno)))
  }
}
