import Foundation
import Publishing
import SnapshotWriter
import TestSupport
import Testing

@Suite struct GenerationCopyTests {
  /// Notes what it is asked for, and fails at the put of a number.
  final class Notes: Destination, @unchecked Sendable {
    let name = "notes"
    var present: Set<String> = []
    var puts: [String] = []
    let failsAt: Int?

    init(failsAt: Int? = nil) { self.failsAt = failsAt }

    struct Failure: Error {}

    func has(_ name: String, bytes: Int) throws -> Bool { present.contains(name) }

    func put(_ path: String, as name: String) throws {
      if puts.count == failsAt { throw Failure() }
      puts.append(name)
    }
  }

  let shop = BuiltShop.planted
  var directory: String { shop.folder.path("out") }

  @Test func filesComeFirstAndTheManifestLast() throws {
    let notes = Notes()
    let report = try GenerationCopy(from: directory, to: notes).run()
    let names = shop.manifest.files.map(\.name)
    #expect(notes.puts == names + ["manifest-\(shop.manifest.generation).json", "manifest.json"])
    #expect(report.files == names.count && report.present == 0)
    #expect(report.bytes == shop.manifest.files.reduce(0) { $0 + $1.bytes })
    #expect(report.generation == shop.manifest.generation)
  }

  @Test func whatIsThereIsNotBroughtAgain() throws {
    let notes = Notes()
    notes.present = [shop.manifest.files[0].name]
    let report = try GenerationCopy(from: directory, to: notes).run()
    #expect(!notes.puts.contains(shop.manifest.files[0].name))
    #expect(report.present == 1 && notes.puts.last == "manifest.json")
  }

  @Test func aCopyThatEndsEarlyHasBroughtNoManifest() throws {
    for number in 0...shop.manifest.files.count {
      let notes = Notes(failsAt: number)
      #expect(throws: Notes.Failure.self) { try GenerationCopy(from: directory, to: notes).run() }
      #expect(!notes.puts.contains("manifest.json"))
    }
  }

  @Test func aDamagedFileIsFoundBeforeAnythingIsBrought() throws {
    let folder = try TemporaryFolder()
    let copy = folder.path("out")
    try FileManager.default.copyItem(atPath: directory, toPath: copy)
    let last = try #require(shop.manifest.files.last).name
    var data = try Data(contentsOf: URL(filePath: "\(copy)/\(last)"))
    data[data.count / 2] ^= 1
    try data.write(to: URL(filePath: "\(copy)/\(last)"))
    let notes = Notes()
    #expect(throws: SnapshotWriterError.self) { try GenerationCopy(from: copy, to: notes).run() }
    #expect(notes.puts.isEmpty)
  }

  @Test func aDirectoryGetsEveryByte() throws {
    let folder = try TemporaryFolder()
    let target = folder.path("deep/public")
    let destination = try DestinationText.destination(target, endpoint: nil, region: "")
    _ = try GenerationCopy(from: directory, to: destination).run()
    let manifest = try Manifest.load(directory: target)
    #expect(manifest == shop.manifest)
    for file in manifest.files { _ = try manifest.read(file, in: target) }
    let names = try FileManager.default.contentsOfDirectory(atPath: target)
    #expect(names.count == manifest.files.count + 2, "nothing else is left there: \(names)")
    let again = try GenerationCopy(from: directory, to: destination).run()
    #expect(again.files == 0 && again.present == manifest.files.count)
  }

  @Test(arguments: ["ftp://host/x", "kv:", "s3://", "r2:"])
  func whatIsNoDestinationIsRefusedByName(text: String) {
    let error = #expect(throws: PublishingError.self) {
      try DestinationText.destination(text, endpoint: nil, region: "")
    }
    #expect(error?.description.hasPrefix(text) == true)
  }
}
