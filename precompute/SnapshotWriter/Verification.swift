import Bytes
import Foundation
import GRDB
import Models
import Recommender
import SnapshotFormat

/// The check of a finished snapshot before it is published: SQLite's own, and then by the scorer's reader, which opens
/// the files and has to find every item by id and by name, and every category, brand and tag.
enum Verification {
  static func check(
    _ snapshot: Snapshot, _ contents: BaseContents, _ attributes: ItemAttributes, terms: [String]
  ) throws {
    for file in snapshot.files { try checkIntegrity(file) }
    let owned = try snapshot.files.map { OwnedBytes(copying: [UInt8](try Data(contentsOf: URL(filePath: $0.path)))) }
    var recommender = Recommender()
    for (file, bytes) in zip(snapshot.files, owned) {
      do throws(SnapshotError) {
        if recommender.snapshots.regionCount == Snapshots.regionsMax {
          recommender = Recommender()
          try recommender.open(.base, owned[0].view)
        }
        try recommender.open(file.kind, bytes.view)
      } catch {
        throw SnapshotWriterError.notVerified(file: file.path, reason: "\(error.kind.name) \(error.table)")
      }
    }
    guard let base = recommender.snapshots.base else { return }
    for (number, id) in contents.ids.enumerated() {
      let item = UInt32(number)
      let byID = withView(id) { view in base.item(id: view) == item && base.id(item).equals(view) }
      guard byID, base.item(name: contents.names.names[number]) == item else {
        throw SnapshotWriterError.notVerified(file: snapshot.files[0].path, reason: "item '\(id)' is not found again")
      }
    }
    for (what, names, find) in [
      ("category", attributes.categories.map(\.path), base.category(named:)),
      ("brand", attributes.brands, base.brand(named:)), ("tag", attributes.tags, base.tag(named:)),
    ] as [(String, [String], (ByteView) -> UInt16?)] {
      for (number, name) in names.enumerated() where withView(name, find) != UInt16(number) {
        throw SnapshotWriterError.notVerified(
          file: snapshot.files[0].path, reason: "\(what) '\(name)' is not found again")
      }
    }
    for term in terms where !withView(term, base.isTerm) {
      throw SnapshotWriterError.notVerified(file: snapshot.files[0].path, reason: "term '\(term)' is not found again")
    }
    guard base.rules?.count ?? 0 == contents.rules.rules.count else {
      throw SnapshotWriterError.notVerified(file: snapshot.files[0].path, reason: "the rules are not found again")
    }
    withExtendedLifetime(owned) {}
  }

  private static func checkIntegrity(_ file: SnapshotFile) throws {
    var configuration = GRDB.Configuration()
    configuration.readonly = true
    let queue = try DatabaseQueue(path: file.path, configuration: configuration)
    let result = try queue.read { try String.fetchAll($0, sql: "PRAGMA integrity_check") }
    try queue.close()
    guard result == ["ok"] else {
      throw SnapshotWriterError.notVerified(file: file.path, reason: result.joined(separator: "; "))
    }
  }

  private static func withView<Result>(_ text: String, _ body: (ByteView) -> Result) -> Result {
    var text = text
    return text.withUTF8 { body(ByteView(UnsafeRawBufferPointer($0))) }
  }
}
