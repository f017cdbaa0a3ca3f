import Bytes
import struct Configuration.Configuration
import EventLog
import Foundation
import GRDB
import Models
import Recommender
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
    try db.execute(sql: ReadableViews.rules)
  }

  /// All that is written, for the generation's digest.
  var content: [String] {
    rules.rules.map { "\($0.id) \($0.offer ?? "") \($0.meaning)" } + rules.segments.map { "\($0.code) \($0.name)" }
      + (rules.isEmpty ? [] : ["\(rules.bytes)"])
  }
}

extension CompiledRules {
  /// Compiles the rules of `configuration` for the shop of `log`.
  /// - Returns: warnings.
  /// - Throws: `ConfigurationError` where a rule names what the catalogue does not know.
  public static func check(_ configuration: Configuration, _ log: EventLog) throws -> [String] {
    if configuration.rules.isEmpty { return [] }
    let attributes = ItemAttributes(log.catalogue, itemCount: log.table.itemIDs.count)
    let items = numbered(log.table.itemIDs)
    return try CompiledRules(
      configuration.rules, RuleNames(attributes, clusters: nil) { items[$0] }, isStrict: true
    ).warnings
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

  /// As an open base has them.
  public init(_ base: BaseSnapshot) {
    func names(_ name: (UInt16) -> ByteView) -> [String] {
      var names: [String] = []
      for number in 0..<unknownAttribute {
        let name = text(name(number))
        if name.isEmpty { break }
        names.append(name)
      }
      return names
    }
    let segments = base.segments
    let codes = (0..<(segments?.count ?? 0)).map { text(segments!.code($0)) }
    self.init(
      categories: numbered(names(base.categoryName)), brands: numbered(names(base.brandName)),
      tags: numbered(names(base.tagName)), clusters: numbered(codes)
    ) { id in
      var id = id
      return id.withUTF8 { base.item(id: ByteView(UnsafeRawBufferPointer($0))) }
    }
  }

  public init(_ attributes: ItemAttributes, clusters: [String: UInt32]?, item: @escaping (String) -> UInt32?) {
    self.init(
      categories: numbered(attributes.categories.map(\.path)), brands: numbered(attributes.brands),
      tags: numbered(attributes.tags), clusters: clusters, item: item)
  }
}

private func text(_ view: ByteView) -> String {
  String(decoding: UnsafeRawBufferPointer(start: view.start, count: view.count), as: UTF8.self)
}
