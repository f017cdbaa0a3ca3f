/// What the file format bounds, in one place. What depends on the file (pages in a scan or a chain) is bounded by
/// its page count.
package enum Limits {
  package static let headerSize = 100
  package static let pageSizes = 512...65536
  /// The least that reserved bytes may leave of a page.
  package static let usableSizeMin = 480
  /// SQLite's own bound (BTCURSOR_MAX_DEPTH); with at least two children a page, 2^20 leaves.
  package static let treeDepth = 20
  /// Entries of a schema among which a table is looked for without its definition: a program that asks for some tables
  /// does not walk a hostile schema as often. Snapshots have some sixty.
  package static let schemaEntries = 128
  /// SQLite's own bound on a row; it also keeps every size an `Int` where that has 32 bits.
  package static let payloadSize: UInt64 = 0x7FFF_FFFF
}
