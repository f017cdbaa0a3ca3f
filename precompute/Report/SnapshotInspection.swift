import Foundation
import GRDB
import SnapshotFormat

/// What stands in a snapshot file: for `martlet inspect`.
public struct SnapshotInspection: Codable, Sendable {
  public struct Table: Codable, Sendable {
    public let name: String
    public let rows: Int
    /// Of the table's pages, and of what they hold.
    public let bytes: Int
    public let usedBytes: Int

    enum CodingKeys: String, CodingKey {
      case name, rows, bytes
      case usedBytes = "used_bytes"
    }
  }

  public let file: String
  public let bytes: Int
  public let pageSize: Int
  public let formatVersion: Int
  /// Table `meta`: kind, generation, counts, and what the budget bought.
  public let meta: [String: String]
  public let tables: [Table]

  enum CodingKeys: String, CodingKey {
    case file, bytes, meta, tables
    case pageSize = "page_size"
    case formatVersion = "format_version"
  }

  public struct NotASnapshot: Error, CustomStringConvertible {
    public let file: String
    public let reason: String
    public var description: String { "\(file): \(reason)" }
  }

  public init(path: String) throws {
    guard let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int else {
      throw NotASnapshot(file: path, reason: "not a file")
    }
    file = path
    bytes = size
    var configuration = GRDB.Configuration()
    configuration.readonly = true
    let queue = try DatabaseQueue(path: path, configuration: configuration)
    (pageSize, formatVersion, meta, tables) = try queue.read { db in
      let application = try Int.fetchOne(db, sql: "PRAGMA application_id") ?? 0
      guard application == Int(FormatVersion.applicationID) else {
        throw NotASnapshot(file: path, reason: "a SQLite file, but not a Martlet snapshot (application_id \(application))")
      }
      let rows = try Row.fetchAll(db, sql: "SELECT key, CAST(value AS TEXT) FROM meta WHERE value IS NOT NULL")
      return (
        try Int.fetchOne(db, sql: "PRAGMA page_size") ?? 0, try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0,
        Dictionary(uniqueKeysWithValues: rows.map { ($0[0], $0[1]) }), try SnapshotInspection.tables(db)
      )
    }
    try queue.close()
  }

  private static func tables(_ db: GRDB.Database) throws -> [Table] {
    let sizes = try Row.fetchAll(db, sql: "SELECT name, sum(pgsize), sum(payload) FROM dbstat GROUP BY name")
    let tables = try String.fetchSet(db, sql: "SELECT name FROM sqlite_schema WHERE type = 'table'")
    return try sizes.map { row -> Table in
      let name: String = row[0]
      let rows = tables.contains(name) ? try Int.fetchOne(db, sql: "SELECT count(*) FROM \"\(name)\"") ?? 0 : 0
      return Table(name: name, rows: rows, bytes: row[1], usedBytes: row[2])
    }.sorted { ($1.bytes, $0.name) < ($0.bytes, $1.name) }
  }

  public var json: String {
    get throws {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
      return String(decoding: try encoder.encode(self), as: UTF8.self)
    }
  }

  /// For a terminal.
  public var text: String {
    var lines = ["\(file): \(meta["kind"] ?? "?") snapshot, generation \(meta["generation"] ?? "?")"]
    lines.append("format \(formatVersion), \(bytes) bytes, pages of \(pageSize)")
    if let asOf = meta["as_of"].flatMap(Double.init) {
      lines.append("as of \(Date(timeIntervalSince1970: asOf).formatted(.iso8601))")
    }
    lines.append("")
    lines.append(contentsOf: TextTable(
      header: ["table", "rows", "bytes", "used", "share"], alignments: [.left, .right, .right, .right, .right],
      rows: tables.map { table in
        let share = Double(table.bytes) / Double(max(bytes, 1)) * 100
        return [table.name, "\(table.rows)", "\(table.bytes)", "\(table.usedBytes)", String(format: "%.1f %%", share)]
      }).lines)
    lines.append("")
    lines.append(contentsOf: bought)
    return lines.joined(separator: "\n")
  }

  private var bought: [String] {
    func number(_ key: StaticString) -> String { meta["\(key)"] ?? "?" }
    switch meta["kind"] {
    case "base":
      let value = (Double(number(MetaKey.valueKeptPermille)) ?? 0) / 10
      return [
        "items         \(number(MetaKey.items)), of which \(number(MetaKey.shown)) may be recommended",
        "budget        \(number(MetaKey.budget)) bytes, \(bytes) used",
        "factors       \(number(MetaKey.dimensions)) of \(number(MetaKey.dimensionsWanted)) dimensions wanted",
        "item lists    \(number(MetaKey.entriesKept)) of \(number(MetaKey.entriesWanted)) entries, "
          + String(format: "%.1f %% of their value by traffic", value),
      ]
    case "region":
      return ["region        \(number(MetaKey.region)), \(number(MetaKey.people)) people"]
    default: return []
    }
  }
}
