import Foundation
import GRDB
import Models
import SnapshotFormat

/// The segments as rows of the base file.
struct SegmentTables {
  let segments: Segments?

  init(_ segments: Segments?) { self.segments = segments }

  private func lists(_ numbering: ItemNumbering) -> [(row: Int64, bytes: [UInt8])] {
    (segments?.lists ?? [:]).sorted { $0.key < $1.key }.map { segment, list in
      let items = list.items.map { numbering.numbers[Int($0)] }
      return (TopList.row(segment: segment), TopList.encode(items: items, scores: list.scores))
    }
  }

  func insert(_ numbering: ItemNumbering, _ db: GRDB.Database) throws {
    let values: [(StaticString, Int)] = [
      (MetaKey.segments, segments?.segments.count ?? 0), (MetaKey.topics, segments?.topics.count ?? 0),
      (MetaKey.segmentMargin, segments?.margin ?? 0),
    ]
    for (key, value) in values { try DatabaseFile.insertMeta(key, value, db) }
    guard let segments else { return }
    for statement in Schema.segments { try db.execute(sql: "\(statement)") }
    for (id, segment) in segments.segments.enumerated() {
      try db.execute(
        sql: "INSERT INTO segment VALUES (?, ?, ?, ?, ?)",
        arguments: [id, segment.code, segment.name, segment.people, Data(segment.evidence)])
    }
    try db.execute(sql: ReadableViews.segmentFeatures(topics: segments.topics))
    try DatabaseFile.insertTopLists(lists(numbering), db)
  }

  /// All that is written, for the generation's digest; the column of behaviour is digested with the others.
  func content(_ numbering: ItemNumbering) -> [String] {
    guard let segments else { return [] }
    return ["\(segments.margin)"] + segments.topics
      + segments.segments.map { "\($0.code) \($0.name) \($0.people) \($0.evidence)" }
      + lists(numbering).map { "\($0.row) \($0.bytes)" }
  }
}
