import Configuration

/// The event log of a host beside a shop's own tables: its rows have Martlet's names, whatever the configuration calls the columns of
/// those, and none of the shop's own rules is about them.
enum HostLog {
  /// How it is read: all names and formats are the usual ones.
  static let source = EventSource()
  private static let fields: [Field] = [.eventID, .event, .itemID, .sessionID, .time]

  /// Whether a host has written what `reader` reads: rows with the fields of a host, some of the columns of `layout` missing.
  static func wrote(_ reader: any RowReader, beside layout: TableLayout) -> Bool {
    guard reader is NDJSONReader, fields.allSatisfy({ reader.has($0.rawValue) }) else { return false }
    let configured = layout.columns.values.joined() + layout.skip.map(\.column)
    return !configured.allSatisfy(reader.has)
  }
}

extension TableLayout {
  /// This, or that of a host's log where `reader` reads one.
  func fitting(_ reader: any RowReader) -> TableLayout {
    HostLog.wrote(reader, beside: self) ? HostLog.source.layout : self
  }
}
