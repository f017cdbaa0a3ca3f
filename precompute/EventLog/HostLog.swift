import Configuration

/// The event log of a host beside a shop's own tables: its rows have Martlet's names, whatever the configuration calls the columns of
/// those, and none of the shop's own rules is about them.
enum HostLog {
  /// How it is read: all names and formats are the usual ones.
  static let source = EventSource()
  private static let fields: [Field] = [.eventID, .event, .itemID, .sessionID, .time]

  /// Whether a host has written what `reader` reads: rows with the fields of a host, some of the columns of `layout` missing.
  fileprivate static func wrote(_ reader: any RowReader, beside layout: TableLayout) -> Bool {
    guard reader is NDJSONReader, fields.allSatisfy({ reader.has($0.rawValue) }) else { return false }
    let configured = layout.columns.values.joined() + layout.skip.map(\.column)
    return !configured.allSatisfy(reader.has)
  }
}

/// How one file is read.
struct FileLayout {
  let table: TableLayout
  let isHostLog: Bool

  /// A file of the catalogue: as configured.
  init(_ configured: TableLayout) { (table, isHostLog) = (configured, false) }

  /// A file of events: as configured, or as hosts write them.
  init(_ configured: TableLayout, of reader: any RowReader) {
    isHostLog = HostLog.wrote(reader, beside: configured)
    table = isHostLog ? HostLog.source.layout : configured
  }
}
