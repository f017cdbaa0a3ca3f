import Foundation
import GRDB
import Models
import SnapshotFormat

/// The segments as rows of the base file, with the lists of those of rules, whose names stand with the rules.
struct SegmentTables {
  let segments: Segments?
  private let ruleLists: [Int: DecayedPopularity.TopList]

  init(_ models: TrainedModels) { (segments, ruleLists) = (models.segments, models.ruleLists) }

  private func lists(_ numbering: ItemNumbering) -> [(row: Int64, bytes: [UInt8])] {
    let rows =
      (segments?.lists ?? [:]).map { (TopList.row(segment: $0), $1) }
      + ruleLists.map { (TopList.row(ruleSegment: $0), $1) }
    return rows.sorted { $0.0 > $1.0 }.map { row, list in
      (row, TopList.encode(items: list.items.map { numbering.numbers[Int($0)] }, scores: list.scores))
    }
  }

  func insert(_ numbering: ItemNumbering, _ db: GRDB.Database) throws {
    let values: [(StaticString, Int)] = [
      (MetaKey.segments, segments?.segments.count ?? 0), (MetaKey.topics, segments?.topics.count ?? 0),
      (MetaKey.segmentMargin, segments?.margin ?? 0),
    ]
    for (key, value) in values { try DatabaseFile.insertMeta(key, value, db) }
    if let segments { try insert(segments, db) }
    try DatabaseFile.insertTopLists(lists(numbering), db)
  }

  private func insert(_ segments: Segments, _ db: GRDB.Database) throws {
    for statement in Schema.segments { try db.execute(sql: "\(statement)") }
    for (id, segment) in segments.segments.enumerated() {
      try db.execute(
        sql: "INSERT INTO segment VALUES (?, ?, ?, ?, ?)",
        arguments: [id, segment.code, segment.name, segment.people, Data(segment.evidence)])
    }
    try db.execute(sql: ReadableViews.segmentFeatures(topics: segments.topics))
  }

  /// All that is written, for the generation's digest; the column of behaviour is digested with the others.
  func content(_ numbering: ItemNumbering) -> [String] {
    let lists = lists(numbering).map { "\($0.row) \($0.bytes)" }
    guard let segments else { return lists }
    return ["\(segments.margin)"] + segments.topics
      + segments.segments.map { "\($0.code) \($0.name) \($0.people) \($0.evidence)" }
      + lists
  }
}
