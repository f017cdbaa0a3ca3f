import Configuration
import Foundation
import GRDB
import Models
import SnapshotFormat

/// The rules as rows of the base file; nothing where there are none.
struct RuleRows {
  let rules: CompiledRules

  func insert(pageSize: Int, _ db: GRDB.Database) throws {
    guard !rules.isEmpty else { return }
    for statement in Schema.rules { try db.execute(sql: "\(statement)") }
    for (id, rule) in rules.rules.enumerated() {
      try db.execute(
        sql: "INSERT INTO rule VALUES (?, ?, ?, ?)", arguments: [id, rule.id, rule.offer, rule.meaning])
    }
    for (id, segment) in rules.segments.enumerated() {
      try db.execute(sql: "INSERT INTO rule_segment VALUES (?, ?, ?)", arguments: [id, segment.code, segment.name])
    }
    let width = BlockSize.bytes(pageSize: pageSize)
    for (block, start) in stride(from: 0, to: rules.bytes.count, by: width).enumerated() {
      let data = Data(rules.bytes[start..<min(start + width, rules.bytes.count)])
      try db.execute(sql: "INSERT INTO rule_table VALUES (?, ?)", arguments: [block, data])
    }
    try db.execute(sql: ReadableViews.ruleConditions)
  }

  /// All that is written, for the generation's digest.
  var content: [String] {
    rules.rules.map { "\($0.id) \($0.offer ?? "") \($0.meaning)" } + rules.segments.map { "\($0.code) \($0.name)" }
      + (rules.isEmpty ? [] : ["\(rules.bytes)"])
  }
}

extension RuleNames {
  /// As `models` number them, with the items of `numbering`.
  init(_ models: TrainedModels, _ numbering: ItemNumbering) {
    let items = Dictionary(
      uniqueKeysWithValues: numbering.indices.enumerated().map { (models.itemIDs[$1], UInt32($0)) })
    self.init(
      models.attributes, clusters: numbered((models.segments?.segments ?? []).map(\.code))
    ) { items[$0] }
  }

  init(_ attributes: ItemAttributes, clusters: [String: UInt32]?, item: @escaping (String) -> UInt32?) {
    self.init(
      categories: numbered(attributes.categories.map(\.path)), brands: numbered(attributes.brands),
      tags: [:], clusters: clusters, item: item)
  }
}
