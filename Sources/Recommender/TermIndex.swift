import Bytes
import SQLiteReader
import SnapshotFormat

/// Table `term`: which items a term stands for.
struct TermIndex {
  private let table: Table
  let count: UInt32

  /// Nil where the file holds no terms.
  static func open(_ file: SnapshotFile) throws(SnapshotError) -> TermIndex? {
    let count = try file.meta.number(MetaKey.terms, orElse: 0)
    return count > 0 ? TermIndex(table: try file.table(Schema.term), count: count) : nil
  }

  /// The first row whose term is not below `term` in byte order; `count` where all are.
  func firstRow(from term: ByteView) -> UInt32 { table.firstRow(from: term, column: 1, count: count) }

  func row(of term: ByteView) -> UInt32? { table.row(of: term, column: 1, count: count) }

  func term(_ row: UInt32) -> ByteView { table.text(Int64(row), column: 1) }

  /// Nil in a damaged snapshot.
  func postings(_ row: UInt32) -> TermPostings.Iterator? {
    TermPostings.Iterator(table.blob(Int64(row), column: 2))
  }
}
