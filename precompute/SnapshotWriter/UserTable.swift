import Foundation
import GRDB
import Models
import SnapshotFormat

/// The rows of the people whom a snapshot is to know: keyed hash and history, nothing else.
struct UserTable {
  let rows: [(key: Int64, history: [UInt8])]

  /// What a row takes beside its history: the key, and SQLite's lengths.
  private static let rowOverhead = 16

  /// - Parameter budget: bytes at most. The most active people come first.
  init(_ histories: UserHistories, _ numbering: ItemNumbering, budget: Int) {
    var left = budget
    var rows: [(key: Int64, history: [UInt8])] = []
    for person in histories.people {
      let history = UserHistory.encode(person.items.map { (numbering.numbers[Int($0.item)], $0.type.rawValue) })
      left -= history.count + UserTable.rowOverhead
      if left < 0 { break }
      rows.append((person.key, history))
    }
    self.rows = rows.sorted { $0.key < $1.key }
  }

  func insert(_ db: GRDB.Database) throws {
    guard !rows.isEmpty else { return }
    try DatabaseFile.insertMeta(MetaKey.users, 1, db)
    for statement in Schema.users { try db.execute(sql: "\(statement)") }
    let insert = try db.makeStatement(sql: "INSERT INTO \(Schema.user) VALUES (?, ?)")
    for row in rows { try insert.execute(arguments: [row.key, Data(row.history)]) }
  }
}
