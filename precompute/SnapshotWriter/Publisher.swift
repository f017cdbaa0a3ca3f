import Foundation

#if canImport(Glibc)
  import Glibc
#endif

/// The directory where snapshots are published. Files come first, by names that tell their content, then the manifest by
/// one rename: whoever reads it finds a whole generation, whenever the build is killed.
///
///     manifest.json                    the generation in force
///     manifest-<generation>.json       the last generations, for rollback
///     base-…, region-…, text-….sqlite
///     .build-<pid>/                    a build at work; left behind by a killed one, removed by the next
public final class Publisher {
  public let directory: String
  /// Where the build writes its files, on the same file system.
  public let workDirectory: String
  private let lock: Int32

  /// - Throws: `SnapshotWriterError.locked` while another build has the directory.
  public init(directory: String) throws {
    self.directory = directory
    do { try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true) } catch {
      throw SnapshotWriterError.system(call: "create", path: directory, reason: "it cannot be made a directory")
    }
    let path = "\(directory)/.lock"
    lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard lock >= 0 else { throw SnapshotWriterError.system("open", path) }
    // The kernel lets go of it with the process, so a killed build leaves no lock behind.
    guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
      close(lock)
      throw SnapshotWriterError.locked(directory: directory)
    }
    workDirectory = "\(directory)/.build-\(getpid())"
    let work = workDirectory
    for name in try Publisher.names(in: directory) where Publisher.isLeftover(name) {
      try Publisher.remove("\(directory)/\(name)")
    }
    try Publisher.naming("create", work) {
      try FileManager.default.createDirectory(atPath: work, withIntermediateDirectories: false)
    }
  }

  deinit {
    // What is left here was not published.
    try? FileManager.default.removeItem(atPath: workDirectory)
    // A process that is being started beside this one holds a copy of the descriptor for a moment, and with it the lock.
    flock(lock, LOCK_UN)
    close(lock)
  }

  /// Moves the files in, writes the manifest, drops generations beyond the last `keep`. What hosts would refuse is refused before.
  /// - Parameter untidy: called where something of older generations stays: this one is published all the same.
  public func publish(
    _ snapshot: Snapshot, keep: Int, builtAt: Date, untidy: (any Error) -> Void = { _ in }
  ) throws -> Manifest {
    let files = try snapshot.files.map { try Manifest.File($0) }
    let manifest = Manifest(
      format: 1, generation: snapshot.generation, built: builtAt.formatted(.iso8601),
      asOf: Date(timeIntervalSince1970: Double(snapshot.asOf)).formatted(.iso8601), files: files,
      regions: snapshot.servedBy)
    let data = try Manifest.encode(manifest)
    try HostLimits.check(manifest, encoded: data)
    for (file, source) in zip(files, snapshot.files) {
      try Publisher.sync(source.path)
      try Publisher.rename(source.path, "\(directory)/\(file.name)")
    }
    // The names are on disk before a manifest names them.
    try Publisher.sync(directory)
    let previous = try? Manifest.load(directory: directory)
    try write(data, Publisher.archiveName(snapshot.generation))
    try write(data, Manifest.fileName)
    try Publisher.sync(directory)
    let latest = [manifest] + [previous].compactMap { $0 }
    do { try prune(keep: max(1, keep), latest: latest) } catch { untidy(error) }
    return manifest
  }

  /// Puts a file beside those of the generation, whole or not at all.
  public func putFallback(_ data: Data) throws { try write(data, Publisher.fallbackName) }

  /// The answer for the time before any snapshot has come.
  public static let fallbackName = "fallback.json"

  /// Files of others are left alone, should a shop publish to a directory that holds more.
  private static func isLeftover(_ name: String) -> Bool {
    name.wholeMatch(of: /\.build-[0-9]+|\.(manifest(-[0-9a-f]{16})?|fallback)\.json\.new/) != nil
  }

  private static func isArchive(_ name: String) -> Bool { name.wholeMatch(of: /manifest-[0-9a-f]{16}\.json/) != nil }

  private static func isSnapshot(_ name: String) -> Bool {
    name.wholeMatch(of: /(base|region|text)-[0-9a-f]{16}\.sqlite/) != nil
  }

  private static func archiveName(_ generation: String) -> String { "manifest-\(generation).json" }

  private func write(_ data: Data, _ name: String) throws {
    let temporary = "\(directory)/.\(name).new"
    try Publisher.naming("write", temporary) { try data.write(to: URL(filePath: temporary)) }
    try Publisher.sync(temporary)
    try Publisher.rename(temporary, "\(directory)/\(name)")
  }

  /// Removes the manifests of all but `keep` generations, and the files that no manifest names any more. The `latest`, that in force and
  /// the one before it, come first, whatever the clock said when they were built; then those built last, and what cannot be read.
  /// - Throws: the first failure, when all that can be removed is gone.
  private func prune(keep: Int, latest: [Manifest]) throws {
    var failure: (any Error)?
    @discardableResult func attempt<Result>(_ body: () throws -> Result) -> Result? {
      do { return try body() } catch {
        failure = failure ?? error
        return nil
      }
    }
    let names = try Publisher.names(in: directory)
    let archived = names.filter(Publisher.isArchive).map { name in
      // What is in force is known, whether or not its archive can be read.
      let rank = latest.firstIndex { Publisher.archiveName($0.generation) == name }
      let manifest = rank.map { latest[$0] } ?? attempt { try archive(name) } ?? nil
      return (name: name, rank: rank ?? latest.count, manifest: manifest)
    }
    let ranked = archived.sorted { a, b in
      if a.rank != b.rank { return a.rank < b.rank }
      return (a.manifest?.built ?? "", a.name) > (b.manifest?.built ?? "", b.name)
    }
    let named = Set(ranked.prefix(keep).flatMap { $0.manifest?.files.map(\.name) ?? [] })
    for entry in ranked.dropFirst(keep) { attempt { try Publisher.remove("\(directory)/\(entry.name)") } }
    for name in names where Publisher.isSnapshot(name) && !named.contains(name) {
      attempt { try Publisher.remove("\(directory)/\(name)") }
    }
    if let failure { throw failure }
  }

  /// Nil where it is no manifest; one of another format names its files all the same.
  private func archive(_ name: String) throws -> Manifest? {
    let path = "\(directory)/\(name)"
    let data = try Publisher.naming("read", path) { try Data(contentsOf: URL(filePath: path)) }
    return try? JSONDecoder().decode(Manifest.self, from: data)
  }

  private static func names(in directory: String) throws -> [String] {
    try naming("list", directory) { try FileManager.default.contentsOfDirectory(atPath: directory) }
  }

  private static func remove(_ path: String) throws {
    try naming("remove", path) { try FileManager.default.removeItem(atPath: path) }
  }

  /// Foundation's errors are long and name the place among much else; what is thrown instead is the system's own word.
  private static func naming<Result>(_ call: String, _ path: String, _ body: () throws -> Result) throws -> Result {
    do { return try body() } catch {
      let cause = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
      let reason = cause.map { String(cString: strerror(Int32($0.code))) } ?? error.localizedDescription
      throw SnapshotWriterError.system(call: call, path: path, reason: reason)
    }
  }

  private static func rename(_ source: String, _ target: String) throws {
    guard Glibc.rename(source, target) == 0 else { throw SnapshotWriterError.system("rename", target) }
  }

  /// Waits until a file's or directory's bytes are on the disk.
  private static func sync(_ path: String) throws {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw SnapshotWriterError.system("open", path) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw SnapshotWriterError.system("fsync", path) }
  }
}

extension SnapshotWriterError {
  fileprivate static func system(_ call: String, _ path: String) -> SnapshotWriterError {
    .system(call: call, path: path, reason: String(cString: strerror(errno)))
  }
}
