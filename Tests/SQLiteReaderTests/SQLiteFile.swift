import Bytes
import Foundation
import GRDB

/// A database file written by the real SQLite, its bytes, and what SQLite reads from it.
final class SQLiteFile {
  let view: ByteView
  private let queue: DatabaseQueue
  private let folder: URL

  init(pageSize: Int = 4096, _ statements: String...) throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "reader-tests-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let path = folder.appending(path: "test.sqlite").path
    queue = try DatabaseQueue(path: path)
    try queue.writeWithoutTransaction { database in
      try database.execute(sql: "PRAGMA page_size = \(pageSize)")
      for statement in statements { try database.execute(sql: statement) }
    }
    view = lasting(Array(try Data(contentsOf: URL(fileURLWithPath: path))))
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  func rows(_ sql: String) throws -> [[StoredValue]] {
    try queue.read { database in
      try Row.fetchAll(database, sql: sql).map { $0.databaseValues.map { StoredValue($0) } }
    }
  }
}

/// `count` rows `i`, made by SQLite itself.
func numbers(_ count: Int) -> String {
  "WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i + 1 FROM n WHERE i < \(count))"
}

extension StoredValue {
  init(_ value: DatabaseValue) {
    self =
      switch value.storage {
      case .null: .null
      case .int64(let integer): .integer(integer)
      case .double(let real): .real(real.bitPattern)
      case .string(let string): .text(Array(string.utf8))
      case .blob(let data): .blob(Array(data))
      }
  }
}
