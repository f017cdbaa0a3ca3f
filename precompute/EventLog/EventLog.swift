import Bytes
import Configuration

/// All that was read of a shop: the events, what is known of the items, and the counts.
public struct EventLog: Sendable {
  public var table: EventTable
  public var catalogue: Catalogue
  public var events: ReadSummary
  /// Nil where no catalogue was given.
  public var catalogueSummary: ReadSummary?

  /// What is read, and with which means.
  public struct Input {
    /// Paths in the order in which they are read; `-` is standard input.
    public var events: [String]
    public var catalogue: [String]
    /// Where rows that do not fit are written; nil: they are only counted.
    public var rejectsPath: String?
    /// Asked for each event that would be kept, by its number from 0 in input order; false leaves it out, with the ids and texts
    /// that it alone names. Nil: all are kept.
    public var selects: ((_ event: Int) -> Bool)?
    /// The key by which users' ids are hashed, where the snapshot is to know people; nil: their ids are forgotten.
    public var userKey: [UInt8]?
    /// Seconds since 1970; an event that is later does not fit: its clock is wrong, and ages are counted from the newest event.
    public var latest = UInt32.max
    /// Called after each chunk.
    public var progress: ((ReadProgress) -> Void)?
    /// Bytes asked for in one read. What is read does not depend on it.
    public var chunkLength = 256 << 10
    /// Bytes that a row may have; a longer one is a reject.
    package var rowLengthMax = LineReader.lengthLimit
    /// By path: what is read from memory instead of from a file.
    package var texts: [String: [UInt8]] = [:]

    public init(
      events: [String], catalogue: [String] = [], rejectsPath: String? = nil,
      progress: ((ReadProgress) -> Void)? = nil
    ) {
      (self.events, self.catalogue, self.rejectsPath, self.progress) = (events, catalogue, rejectsPath, progress)
    }
  }

  /// Reads events and catalogue in one pass each. Memory grows with the distinct ids and texts and with 19 bytes for each
  /// kept event, and about as many where events have ids, not with the input.
  /// - Throws: `EventLogError`; the rejects file is complete then, as far as rows were read.
  public init(reading input: Input, configuration: Configuration) throws {
    let rejects = try RejectsWriter(path: input.rejectsPath)
    var builder = EventTableBuilder(
      configuration.events, regions: configuration.regions, latest: input.latest,
      selects: input.selects)
    var pump = RowPump(what: "events", layout: configuration.events.layout, rejects: rejects, input)
    pump.extraRules = EventTableBuilder.ExtraRule.allCases.map(\.description)
    try pump.run(input.events) { reader in
      let bound = try builder.bind(reader)
      let columns = EventTableBuilder.Columns(bound)
      return (bound, { row in try builder.add(row, columns) })
    }
    events = pump.summary
    events.withoutRegion = builder.withoutRegion
    var attributes = CatalogueBuilder(configuration.catalogue, items: builder.items, texts: builder.texts)
    (table, events.foldedRegions) = builder.finished(userKey: input.userKey)
    guard let oldest = table.times.min(), let newest = table.times.max() else {
      throw EventLogError.noEvents(rows: events.rows)
    }
    events.times = oldest...newest
    if !input.catalogue.isEmpty {
      var pump = RowPump(what: "catalogue", layout: configuration.catalogue.layout, rejects: rejects, input)
      try pump.run(input.catalogue) { reader in
        let bound = try attributes.bind(reader)
        let (item, columns) = (bound[.itemID], ItemAttributeColumns(bound))
        return (bound, { row in try attributes.add(row, item, columns) })
      }
      catalogueSummary = pump.summary
      table.itemIDs = attributes.items.strings()
    }
    catalogue = Catalogue()
    catalogue.items = table.itemIDs.indices.map(attributes.texts.item)
    for item in attributes.isListed.indices { catalogue.items[item].isListed = attributes.isListed[item] }
    catalogue.mark(ids: table.itemIDs, never: configuration.neverRecommend, only: configuration.onlyRecommend)
  }
}

extension Catalogue {
  /// Flags the items that are never to be answered.
  mutating func mark(ids: [String], never: [ItemPattern], only: [ItemPattern]) {
    for (index, id) in ids.enumerated() {
      let item = items[index]
      func matches(_ pattern: ItemPattern) -> Bool {
        pattern.matches(id: id, title: item.title, category: item.category, brand: item.brand)
      }
      let isLeftOut = !only.isEmpty && !only.contains(where: matches)
      items[index].isNeverRecommended = isLeftOut || never.contains(where: matches)
    }
  }
}
