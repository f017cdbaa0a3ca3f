import Foundation
import GRDB
import SnapshotFormat

/// One SQLite file in the making: created with its page size and marks, filled in one transaction, so that the same rows give
/// the same bytes.
enum DatabaseFile {
  static func create(
    at path: String, kind: FileKind, generation: String, pageSize: Int, schema: [StaticString],
    fill: (GRDB.Database) throws -> Void
  ) throws {
    var configuration = GRDB.Configuration()
    configuration.prepareDatabase { db in
      try db.execute(sql: "PRAGMA page_size = \(pageSize)")
      // The file is new and is thrown away if anything goes wrong: no journal is needed to take it back.
      try db.execute(sql: "PRAGMA journal_mode = OFF")
      try db.execute(sql: "PRAGMA synchronous = OFF")
      try db.execute(sql: "PRAGMA application_id = \(FormatVersion.applicationID)")
      try db.execute(sql: "PRAGMA user_version = \(FormatVersion.current)")
    }
    do {
      let queue = try DatabaseQueue(path: path, configuration: configuration)
      try queue.writeWithoutTransaction { db in
        try db.inTransaction {
          for statement in Schema.common + schema { try db.execute(sql: "\(statement)") }
          try insertMeta(MetaKey.kind, "\(kind.name)", db)
          try insertMeta(MetaKey.generation, generation, db)
          try fill(db)
          return .commit
        }
      }
      try queue.close()
    } catch let error as DatabaseError {
      // SQLite says what, and not where.
      throw SnapshotWriterError.system(call: "write", path: path, reason: error.message ?? "\(error.resultCode)")
    }
  }

  static func insertMeta(_ key: StaticString, _ value: (any DatabaseValueConvertible)?, _ db: GRDB.Database) throws {
    try db.execute(sql: "INSERT INTO meta VALUES (?, ?)", arguments: ["\(key)", value])
  }

  static func insertBlocks(_ table: StaticString, _ blocks: [Data], _ db: GRDB.Database) throws {
    try db.execute(sql: "CREATE TABLE \(table) (block INTEGER PRIMARY KEY, data BLOB NOT NULL)")
    let insert = try db.makeStatement(sql: "INSERT INTO \(table) VALUES (?, ?)")
    for (block, data) in blocks.enumerated() { try insert.execute(arguments: [block, data]) }
  }

  static func insertTopLists(_ lists: [(row: Int64, bytes: [UInt8])], _ db: GRDB.Database) throws {
    let insert = try db.makeStatement(sql: "INSERT INTO \(Schema.topList) VALUES (?, ?)")
    for list in lists.sorted(by: { $0.row < $1.row }) { try insert.execute(arguments: [list.row, Data(list.bytes)]) }
  }
}
