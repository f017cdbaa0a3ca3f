import Bytes
import Configuration
import Digest
import Foundation
import SnapshotWriter
import TestSupport
import Testing

@Suite struct PublisherTests {
  @Test func theManifestNamesEveryFileByItsContent() throws {
    let shop = BuiltShop.planted
    for (file, opened) in zip(shop.manifest.files, shop.files) {
      let path = shop.folder.path("out/\(file.name)")
      #expect(file.bytes == opened.bytes.capacity)
      #expect(try sha256sum(path) == file.sha256)
      #expect(file.name == "\(file.kind)-\(file.sha256.prefix(16)).sqlite")
      let chunks = (file.bytes + Manifest.chunkBytes - 1) / Manifest.chunkBytes
      #expect(file.chunks.count == chunks)
      for (number, chunk) in file.chunks.enumerated() {
        let part = opened.bytes.view.dropFirst(number * Manifest.chunkBytes).prefix(Manifest.chunkBytes)
        #expect(Self.hexadecimal(part, cut: 1_000) == chunk)
      }
    }
    #expect(try Manifest.load(directory: shop.folder.path("out")) == shop.manifest)
    #expect(shop.manifest.built == "2027-01-15T08:00:00Z")
  }

  @Test func chunksOfALargerFileAreItsMebibytes() throws {
    let folder = try TemporaryFolder()
    var shop = PlantedShop()
    let title = String(repeating: "a long title ", count: 75)
    for number in 0..<3_000 { shop.catalogue += "{\"item_id\":\"t\(number)\",\"title\":\"\(title)\(number)\"}\n" }
    let manifest = try BuiltShop.publish(shop, in: folder.path).2
    let text = try #require(manifest.files.first { $0.kind == "text" })
    #expect(text.chunks.count == 3)
    for (number, chunk) in text.chunks.enumerated() {
      let command = "tail -c +\(number << 20 | 1) '\(folder.path(text.name))' | head -c 1048576 | sha256sum"
      #expect(try run("sh", ["-c", command]).prefix(64) == chunk)
    }
  }

  @Test func theLastGenerationsStayWithAllTheirFiles() throws {
    let folder = try TemporaryFolder()
    var generations: [String] = []
    for seed in 1...5 as ClosedRange<UInt64> {
      var shop = PlantedShop(seed: seed)
      shop.configuration.snapshot.keepGenerations = 3
      let manifest = try BuiltShop.publish(
        shop, in: folder.path, builtAt: Date(timeIntervalSince1970: 1_800_000_000 + Double(seed))
      ).2
      generations.append(manifest.generation)
      try Self.expectWhole(folder, generations.suffix(3), current: manifest.generation)
    }
    // Going back to an older input makes it the current one again, and the newest.
    let again = try BuiltShop.publish(
      PlantedShop(seed: 3), in: folder.path, builtAt: Date(timeIntervalSince1970: 1_800_000_009)
    ).2
    #expect(again.generation == generations[2])
    try Self.expectWhole(folder, [generations[2], generations[3], generations[4]], current: again.generation)
  }

  @Test func filesOfOthersAreLeftAlone() throws {
    let folder = try TemporaryFolder()
    let others = [
      "orders.sqlite", "base-notes.sqlite", "notes.new", "manifest-app.json", ".build-wasm", ".env.new", "README",
      "manifest.webmanifest",
    ]
    for name in others { try folder.write("mine", to: name) }
    var shop = PlantedShop()
    shop.configuration.snapshot.keepGenerations = 1
    try BuiltShop.publish(shop, in: folder.path)
    let left = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    for name in others { #expect(left.contains(name), "\(name) is not ours") }
  }

  @Test func oneBuildAtATimeHasTheDirectory() throws {
    let folder = try TemporaryFolder()
    let first = try Publisher(directory: folder.path)
    #expect {
      _ = try Publisher(directory: folder.path)
    } throws: { if case SnapshotWriterError.locked(let directory) = $0 { directory == folder.path } else { false } }
    #expect(FileManager.default.fileExists(atPath: first.workDirectory), "the refused one took nothing away")
    withExtendedLifetime(first) {}
  }

  @Test func theLockEndsWithThePublisher() throws {
    let folder = try TemporaryFolder()
    for _ in 0..<3 { _ = try Publisher(directory: folder.path) }
    #expect(try folder.contents() == [])
  }

  @Test func whatAKilledBuildLeftIsRemoved() throws {
    let folder = try TemporaryFolder()
    try FileManager.default.createDirectory(atPath: folder.path(".build-99999999"), withIntermediateDirectories: true)
    try folder.write("half", to: ".build-99999999/base.sqlite")
    try folder.write("half", to: ".manifest.json.new")
    try folder.write("half", to: ".manifest-0123456789abcdef.json.new")
    let manifest = try BuiltShop.publish(PlantedShop(), in: folder.path).2
    try Self.expectWhole(folder, [manifest.generation], current: manifest.generation)
  }

  /// Killed at any point between the renames: what was published is whole, and the next build tidies up.
  @Test func filesWithoutAManifestDoNotStay() throws {
    let folder = try TemporaryFolder()
    let first = try BuiltShop.publish(PlantedShop(), in: folder.path).2
    try folder.write("moved in, manifest never written", to: "base-0123456789abcdef.sqlite")
    #expect(try Manifest.load(directory: folder.path) == first)
    let second = try BuiltShop.publish(PlantedShop(seed: 2), in: folder.path).2
    try Self.expectWhole(folder, [first.generation, second.generation], current: second.generation)
  }

  /// A directory in the place of a file cannot be read as an old manifest. It counts as the oldest, and stops nothing.
  @Test(arguments: [1, 2, 3]) func whatCannotBeTidiedUpIsNoFailure(keep: Int) throws {
    let folder = try TemporaryFolder()
    let first = try BuiltShop.publish(PlantedShop(), in: folder.path).2
    let bad = folder.path("manifest-ffffffffffffffff.json")
    try FileManager.default.createDirectory(atPath: bad, withIntermediateDirectories: true)
    try folder.write("of no generation", to: "base-0123456789abcdef.sqlite")
    var reasons: [any Error] = []
    func publish(_ shop: PlantedShop) throws -> Manifest {
      let publisher = try Publisher(directory: folder.path)
      let snapshot = try BuiltShop.build(shop, in: publisher.workDirectory).1
      return try publisher.publish(snapshot, keep: keep, builtAt: Date()) { reasons.append($0) }
    }
    let second = try publish(PlantedShop(seed: 2))
    #expect(reasons.count == 1 && "\(reasons)".contains(bad), "\(reasons)")
    #expect(FileManager.default.fileExists(atPath: bad) == (keep > 2))
    try? FileManager.default.removeItem(atPath: bad)
    let kept = [first.generation, second.generation].suffix(keep)
    try Self.expectWhole(folder, kept, current: second.generation)
  }

  @Test func aFailingPublicationLeavesTheOldOne() throws {
    let folder = try TemporaryFolder()
    let first = try BuiltShop.publish(PlantedShop(), in: folder.path).2
    let before = try folder.contents()
    do {
      let publisher = try Publisher(directory: folder.path)
      let snapshot = try BuiltShop.build(PlantedShop(seed: 2), in: publisher.workDirectory).1
      try FileManager.default.removeItem(atPath: snapshot.files[1].path)
      #expect(throws: (any Error).self) { try publisher.publish(snapshot, keep: 3, builtAt: Date()) }
      withExtendedLifetime(publisher) {}
    }
    #expect(try folder.contents() == before)
    #expect(try Manifest.load(directory: folder.path) == first)
  }

  // MARK: Help

  /// The folder holds the manifests of `generations` and exactly the files that these name.
  static func expectWhole(
    _ folder: TemporaryFolder, _ generations: some Sequence<String>, current: String,
    at location: SourceLocation = #_sourceLocation
  ) throws {
    var expected: Set<String> = ["manifest.json", ".lock"]
    for generation in generations {
      let name = "manifest-\(generation).json"
      expected.insert(name)
      let manifest = try JSONDecoder().decode(Manifest.self, from: Data(contentsOf: URL(filePath: folder.path(name))))
      #expect(manifest.generation == generation, sourceLocation: location)
      for file in manifest.files {
        expected.insert(file.name)
        #expect(try sha256sum(folder.path(file.name)) == file.sha256, sourceLocation: location)
      }
    }
    #expect(Set(try FileManager.default.contentsOfDirectory(atPath: folder.path)) == expected, sourceLocation: location)
    #expect(try Manifest.load(directory: folder.path).generation == current, sourceLocation: location)
  }

  /// By the project's own digest, fed in pieces.
  static func hexadecimal(_ bytes: ByteView, cut: Int) -> String {
    var digest = SHA256()
    var rest = bytes
    while !rest.isEmpty {
      digest.update(rest.prefix(cut))
      rest = rest.dropFirst(cut)
    }
    let result = digest.finalize()
    return result.indices.map { String(format: "%02x", result[$0]) }.joined()
  }
}

/// By coreutils.
func sha256sum(_ path: String) throws -> String { String(try run("sha256sum", [path]).prefix(64)) }

func run(_ command: String, _ arguments: [String]) throws -> String {
  let process = Process()
  process.executableURL = URL(filePath: "/usr/bin/env")
  process.arguments = [command] + arguments
  let output = Pipe()
  process.standardOutput = output
  try process.run()
  let data = output.fileHandleForReading.readDataToEndOfFile()
  process.waitUntilExit()
  try #require(process.terminationStatus == 0)
  return String(decoding: data, as: UTF8.self)
}
