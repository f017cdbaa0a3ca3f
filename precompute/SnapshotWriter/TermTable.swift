import Bytes
import Foundation
import GRDB
import Models
import SnapshotFormat

/// The term index: the items that may be shown, by the words of their title, category, brand and tags.
struct TermTable {
  struct Row {
    let text: String
    /// `TermPostings`.
    let items: [UInt8]
  }

  /// In byte order of the texts.
  let rows: [Row]

  /// What a row takes beside text and postings.
  private static let rowOverhead = 12
  private static let chunkSize = 4096

  /// - Parameter budget: bytes at most. The terms that find most for their bytes come first.
  init(_ models: TrainedModels, _ numbering: ItemNumbering, budget: Int, pageSize: Int, parallelism: Parallelism) {
    guard budget > 0 else {
      rows = []
      return
    }
    let items = Self.itemsOfTerms(models, numbering, parallelism)
    let traffic = numbering.indices.map { max(models.popularity.itemPopularity[$0], 1e-9) }
    // A BLOB that overflows its page could not be read in place.
    let bytesMax = BlockSize.bytes(pageSize: pageSize) - Terms.lengthMax - 16
    let priced = items.map { text, items -> (row: Row, bytes: Int, density: Double) in
      let idf = Self.idf(items.count, of: numbering.shown)
      let postings = TermPostings.encode(items, weight: Self.weight(idf), bytesMax: bytesMax)
      let bytes = text.utf8.count + postings.count + Self.rowOverhead
      let found = items.reduce(0.0) { $0 + Double(traffic[Int($1)]) }
      return (Row(text: text, items: postings), bytes, found * idf / Double(bytes))
    }.sorted { a, b in
      a.density != b.density ? a.density > b.density : byteOrder(a.row.text, b.row.text)
    }
    var left = budget
    var kept: [Row] = []
    for term in priced where term.bytes <= left {
      left -= term.bytes
      kept.append(term.row)
    }
    rows = kept.sorted { byteOrder($0.text, $1.text) }
  }

  /// ln(1 + (N − n + ½) / (n + ½)), n of N items having the term: Robertson and Spärck Jones's weight, kept positive.
  static func idf(_ count: Int, of items: Int) -> Double {
    log(1 + (Double(items - count) + 0.5) / (Double(count) + 0.5))
  }

  static func weight(_ idf: Double) -> UInt16 {
    UInt16(max(2, min(65535, (256 * idf).rounded(.toNearestOrEven))))
  }

  /// By term: the numbers of its items, ascending.
  private static func itemsOfTerms(
    _ models: TrainedModels, _ numbering: ItemNumbering, _ parallelism: Parallelism
  ) -> [String: [UInt32]] {
    let chunks = parallelism.mapChunks(of: numbering.shown, size: chunkSize, scratch: {}) { _, range in
      var items: [String: [UInt32]] = [:]
      for number in range {
        for term in terms(models, numbering.indices[number]) { items[term, default: []].append(UInt32(number)) }
      }
      return items
    }
    return chunks.reduce(into: [:]) { all, chunk in all.merge(chunk) { $0 + $1 } }
  }

  private static func terms(_ models: TrainedModels, _ index: Int) -> Set<String> {
    let item = models.catalogue.items[index]
    var terms: Set<String> = []
    for text in [item.title, item.category, item.brand] + item.tags { terms.formUnion(searchTerms(text)) }
    return terms
  }

  // MARK: Into the file

  /// Creates no table where there is nothing to find: an empty one would take a page.
  func insert(_ db: GRDB.Database) throws {
    guard !rows.isEmpty else { return }
    try DatabaseFile.insertMeta(MetaKey.terms, rows.count, db)
    for statement in Schema.terms { try db.execute(sql: "\(statement)") }
    let insert = try db.makeStatement(sql: "INSERT INTO \(Schema.term) VALUES (?, ?, ?)")
    for (id, row) in rows.enumerated() { try insert.execute(arguments: [id, row.text, Data(row.items)]) }
  }
}

/// The `Terms` of a text, in order.
func searchTerms(_ text: String) -> [String] {
  var text = text
  return text.withUTF8 { bytes in
    let buffer = OwnedBytes(capacity: bytes.count + Terms.lengthMax)
    var writer = ByteWriter(buffer)
    var terms = Terms(ByteView(UnsafeRawBufferPointer(bytes)))
    var found: [String] = []
    while let term = terms.next(into: &writer) {
      found.append(String(decoding: UnsafeRawBufferPointer(start: term.start, count: term.count), as: UTF8.self))
    }
    return withExtendedLifetime(buffer) { found }
  }
}

private func byteOrder(_ a: String, _ b: String) -> Bool { a.utf8.lexicographicallyPrecedes(b.utf8) }
