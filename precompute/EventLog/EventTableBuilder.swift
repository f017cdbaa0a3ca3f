import Bytes
import Configuration
import Digest
import Session

/// Turns rows into an `EventTable`: finds the type, reads the time, gives ids their numbers.
struct EventTableBuilder {
  /// How rows are put into sessions; the first file decides, and the others have to have the same column.
  private enum SessionRule {
    case column
    /// A user's events, cut where the pause is long; done when all have been read.
    case userPauses
  }

  /// What is left out beside the configured rules, which come first in a summary.
  enum ExtraRule: Int, CaseIterable {
    case leftOutName, searchWithoutItem, duplicate, notSelected

    var description: String {
      switch self {
      case .leftOutName: "event left out by events.names"
      case .searchWithoutItem: "search without an item"
      case .duplicate: "duplicate: its event_id was read before"
      case .notSelected: "not in the selected part"
      }
    }
  }

  private(set) var table = EventTable()
  private(set) var items = Interner()
  private(set) var texts = ItemTexts()
  /// Kept events whose region was not: see `takenRegions`.
  private(set) var withoutRegion: UInt64 = 0
  private let source: EventSource
  private let latest: UInt32
  private let selects: ((_ event: Int) -> Bool)?
  /// Events that fit, selected or not.
  private var fitting = 0
  private var sessions = Interner()
  private var users = Interner()
  private var regions: RegionColumn
  private var seen = SeenIDs()
  /// Names of groups and of everywhere. Whoever sends an event could write one of them, so it costs the region and not the build.
  private var takenRegions = Interner()
  private var times: Formats<TimeParser>
  private var types: Formats<EventTypes>
  private var sessionRule: SessionRule?

  /// What reads the shop's own rows, and those of a host's log.
  private struct Formats<Format> {
    var shop, host: Format

    subscript(isHostLog isHostLog: Bool) -> Format {
      get { isHostLog ? host : shop }
      _modify { if isHostLog { yield &host } else { yield &shop } }
    }
  }

  init(
    _ source: EventSource, regions rules: RegionRules, latest: UInt32 = .max,
    selects: ((_ event: Int) -> Bool)? = nil
  ) {
    (self.source, self.latest, self.selects) = (source, latest, selects)
    regions = RegionColumn(limit: RegionRules.most, other: rules.keepBusiest == nil ? nil : rules.other)
    for name in rules.takenNames { _ = self.takenRegions.intern(name) }
    times = Formats(shop: TimeParser(source.time), host: TimeParser(HostLog.source.time))
    types = Formats(shop: EventTypes(source), host: EventTypes(HostLog.source))
  }

  /// The fields of an event in the columns of one file.
  struct Columns {
    let id, item, session, user, event, time, region: FieldReader
    let attributes: ItemAttributeColumns
    let isHostLog: Bool

    init(_ columns: FieldColumns) {
      isHostLog = columns.layout.isHostLog
      (id, item, session, user) = (columns[.eventID], columns[.itemID], columns[.sessionID], columns[.userID])
      (event, time, region) = (columns[.event], columns[.time], columns[.region])
      attributes = ItemAttributeColumns(columns)
    }
  }

  /// Binds the fields to the columns of one file.
  mutating func bind(_ reader: any RowReader) throws -> FieldColumns {
    let layout = FileLayout(source.layout, of: reader)
    func has(_ field: Field) -> Bool {
      let (names, areConfigured) = layout.table.columns(of: field)
      return areConfigured ? !names.isEmpty : reader.has(field.rawValue)
    }
    if sessionRule == nil {
      guard has(.sessionID) || has(.userID) else {
        throw EventLogError.noSession(file: reader.lines.source.name, found: reader.columns)
      }
      sessionRule = has(.sessionID) ? .column : .userPauses
    }
    var required: Set<Field> = [.itemID, .time]
    var fields = Set(Field.allCases).subtracting([.available])
    if sessionRule == .column { required.insert(.sessionID) } else { required.insert(.userID) }
    if sessionRule == .userPauses { fields.remove(.sessionID) }
    if !has(.event) { fields.remove(.event) }
    return try FieldColumns(
      reader, layout, fields: Field.allCases.filter(fields.contains), required: required, key: "events")
  }

  /// Adds one row, or says why it is left out. An unfit row leaves no trace.
  mutating func add(_ row: [ByteView], _ columns: Columns) throws -> RowPump.Outcome {
    do {
      return try append(row, columns)
    } catch let unfit as UnfitRow {
      return .rejected(unfit.reason)
    }
  }

  /// The table, with sessions cut where there is no session column. Users' ids leave it hashed by `userKey`, or not at all.
  consuming func finished(userKey: [UInt8]? = nil) -> (table: EventTable, folded: FoldedRegions?) {
    if let userKey {
      let key = OwnedBytes(copying: userKey)
      table.userKeys = (0..<UInt32(users.count)).map { user in
        users.withBytes(user) { HMACSHA256.rowID($0, key: key.view) }
      }
    }
    table.itemIDs = items.strings()
    let folded: FoldedRegions?
    (table.regions, table.regionNames, folded) = regions.finished()
    table.userCount = users.count
    table.sessionCount = sessions.count
    if sessionRule == .userPauses { table.cutSessions(gapSeconds: source.sessionGapSeconds) }
    return (table, folded)
  }

  private mutating func append(_ row: [ByteView], _ columns: Columns) throws -> RowPump.Outcome {
    guard let type = try type(columns, row) else { return skipped(.leftOutName) }
    let item = columns.item.text(row)
    if item.isEmpty {
      if type == .search { return skipped(.searchWithoutItem) }
      throw UnfitRow(.missingItem)
    }
    let session = columns.session.text(row)
    if session.isEmpty, sessionRule == .column { throw UnfitRow(.missingSession) }
    let user = columns.user.text(row)
    if user.isEmpty, sessionRule == .userPauses { throw UnfitRow(.missingUser) }
    let region = columns.region.text(row)
    let time = columns.time.text(row)
    if time.isEmpty { throw UnfitRow(.missingTime) }
    guard let seconds = times[isHostLog: columns.isHostLog].seconds(time) else { throw UnfitRow(.badTime) }
    if seconds > latest { throw UnfitRow(.timeToCome) }
    for id in [item, session, user, region] { try checkID(id) }
    let numbers = try columns.attributes.numbers(row)
    let id = columns.id.text(row)
    if !id.isEmpty, !seen.insert(id) { return skipped(.duplicate) }
    fitting += 1
    if let selects, !selects(fitting - 1) { return skipped(.notSelected) }

    let number = try Self.number(item, &items, "items")
    try texts.set(number, row, columns.attributes, numbers)
    table.items.append(number)
    table.sessions.append(sessionRule == .column ? try Self.number(session, &sessions, "sessions") : 0)
    table.users.append(user.isEmpty ? EventTable.noUser : try Self.number(user, &users, "users"))
    try append(region: region)
    table.types.append(type.rawValue)
    table.times.append(seconds)
    return .kept
  }

  /// Nil for an event that is left out on purpose.
  private mutating func type(_ columns: Columns, _ row: [ByteView]) throws -> EventType? {
    guard columns.event.isRead else { return source.defaultType }
    let name = columns.event.text(row)
    if name.isEmpty { throw UnfitRow(.missingEvent) }
    switch types[isHostLog: columns.isHostLog].meaning(of: name) {
    case .type(let type): return type
    case .skipped: return nil
    case .unknown: throw UnfitRow(.unknownEvent)
    }
  }

  private func skipped(_ rule: ExtraRule) -> RowPump.Outcome {
    .skipped(rule: source.layout.skip.count + rule.rawValue)
  }

  private mutating func append(region: ByteView) throws {
    let isTaken = !region.isEmpty && takenRegions.find(region) != nil
    if isTaken { withoutRegion += 1 }
    try regions.append(isTaken ? .empty : region)
  }

  private static func number(_ id: ByteView, _ interner: inout Interner, _ what: String) throws -> UInt32 {
    guard let number = interner.intern(id) else { throw EventLogError.tooManyDistinct(what: what) }
    return number
  }
}
