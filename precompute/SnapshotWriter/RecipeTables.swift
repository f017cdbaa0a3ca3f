import struct Configuration.AttributeName
import struct Configuration.Configuration
import Foundation
import GRDB
import Recommender
import SnapshotFormat

/// The shop's recipes as rows of the base file. An adjustment of what the shop does not have says nothing and is left out.
struct RecipeTables {
  let rows: [(context: Context, bytes: [UInt8])]
  /// What is named and is not there.
  let unknown: [AttributeName]

  init(_ configuration: Configuration, _ names: AttributeNames) {
    var unknown: [AttributeName] = []
    rows = Context.allCases.compactMap { context in
      guard let written = configuration.contexts["\(context.name)"] else { return nil }
      let adjustments = written.adjustments.compactMap { adjustment -> Adjustment? in
        guard let key = names.key(adjustment.items) else {
          unknown.append(adjustment.items)
          return nil
        }
        return Adjustment(adjustment.kind, key, amount: adjustment.amount, position: adjustment.position)
      }
      return (context, written.recipe.encoded(adjustments))
    }
    self.unknown = unknown
  }

  func insert(_ db: GRDB.Database) throws {
    try DatabaseFile.insertMeta(MetaKey.recipes, rows.count, db)
    guard !rows.isEmpty else { return }
    for statement in Schema.recipes { try db.execute(sql: "\(statement)") }
    for (context, bytes) in rows {
      try db.execute(
        sql: "INSERT INTO recipe VALUES (?, ?, ?)",
        arguments: [Int(context.rawValue), "\(context.name)", Data(bytes)])
    }
    try db.execute(sql: ReadableViews.recipes)
  }

  /// All that is written, for the generation's digest.
  var content: [String] { rows.map { "\($0.context.name) \($0.bytes)" } }
}
