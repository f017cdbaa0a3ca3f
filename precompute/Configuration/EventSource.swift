import Session

/// How a table of text is laid out.
public enum TextFormat: String, CaseIterable, Sendable {
  /// Decided by the first line: `{` starts NDJSON; else the most frequent of tab, comma and semicolon separates.
  case auto, csv, tsv, ndjson
}

/// A field that can be read from a row. The raw value is its key under `columns` and the column that is looked for where
/// no other is named.
public enum Field: String, CaseIterable, Sendable {
  case sessionID = "session_id"
  case userID = "user_id"
  case itemID = "item_id"
  case event, time, region
  case eventID = "event_id"
  case title, category, brand, price, url, image, group, tags, attributes, regions, available

  /// What describes an item; catalogue rows have these, and event rows may have all but `available`.
  public static let ofItems: [Field] = [
    .title, .category, .brand, .price, .url, .image, .group, .tags, .attributes, .regions, .available,
  ]

  /// Whether a text holds several values, with `valueSeparators` between them.
  public var isList: Bool {
    switch self {
    case .tags, .attributes, .regions: true
    default: false
    }
  }

  public static let valueSeparators: [UInt8] = [UInt8(ascii: "|"), UInt8(ascii: ";")]

  /// Text made of several columns is joined with this; nil where a field has one column.
  public var separator: String? {
    switch self {
    case .title, .brand: " "
    case .category: " > "
    case .tags, .attributes, .regions: "|"
    default: nil
    }
  }
}

/// How many rows of a file may be unfit.
public struct RejectLimit: Sendable, Equatable {
  /// Above this share of all rows the read ends with an error.
  public var maximumShare = 0.05
  /// How many of the first rejected rows the summary shows.
  public var show = 5

  mutating func read(_ value: YAMLValue) throws {
    var section = try value.section()
    if let value = try section.value("max_share") { maximumShare = try value.share() }
    if let value = try section.value("show") { show = try value.integer(in: 0...1000) }
    try section.finish()
  }
}

/// What the events and the catalogue have in common: format, columns, rows to leave out.
public struct TableLayout: Sendable, Equatable {
  public var format = TextFormat.auto
  /// The columns that make up a field; empty: the field is not read. Fields that are not here are looked for by name.
  public var columns: [Field: [String]] = [:]
  public var skip: [SkipRule] = []
  public var reject = RejectLimit()

  /// The columns of a field, and whether they were named in the configuration and so have to exist.
  public func columns(of field: Field) -> (names: [String], areRequired: Bool) {
    // Attributes are named by their columns: there is none of the field's own.
    columns[field].map { ($0, true) } ?? (field == .attributes ? [] : [field.rawValue], false)
  }

  mutating func read(_ section: inout YAMLSection, fields: [Field]) throws {
    if let value = try section.value("format") {
      format = try value.choice(Dictionary(uniqueKeysWithValues: TextFormat.allCases.map { ($0.rawValue, $0) }))
    }
    if let value = try section.value("columns") { try readColumns(value, fields: fields) }
    if let value = try section.value("skip") { skip = try value.list().map(SkipRule.init) }
    if let value = try section.value("reject") { try reject.read(value) }
  }

  private mutating func readColumns(_ value: YAMLValue, fields: [Field]) throws {
    var section = try value.section()
    for field in fields {
      guard let value = try section.value(field.rawValue) else { continue }
      let names = try value.strings()
      if names.count > 1, field.separator == nil { throw value.failure("expected one column, found \(names.count)") }
      if names.contains("") { throw value.failure("a column needs a name") }
      columns[field] = names
    }
    try section.finish()
  }
}

/// Where the events come from and how a row becomes one.
public struct EventSource: Sendable, Equatable {
  public var layout = TableLayout()
  /// The type of rows where there is no event column.
  public var defaultType = EventType.view
  /// The shop's own names, beside the built-in ones.
  public var names: [String: EventType] = [:]
  /// Names of events that are left out on purpose.
  public var skippedNames: Set<String> = []
  public var time = TimeFormat()
  /// False: a session is a basket without click order.
  public var isOrdered = true
  /// Where there is no session column, a pause longer than this between two events of a user starts a new session.
  public var sessionGapSeconds: UInt32 = 30 * 60

  public init() {}

  static let fields: [Field] = Field.allCases.filter { $0 != .available }

  mutating func read(_ value: YAMLValue) throws {
    var section = try value.section()
    try layout.read(&section, fields: Self.fields)
    if let value = try section.value("default_type") { defaultType = try Self.type(value) }
    if let value = try section.value("names") {
      for (name, value) in try value.entries() {
        if try value.string() == "skip" { skippedNames.insert(name) } else { names[name] = try Self.type(value) }
      }
    }
    if let value = try section.value("time") { try time.read(value) }
    if let value = try section.value("ordered") { isOrdered = try value.bool() }
    if let value = try section.value("session_gap") { sessionGapSeconds = try value.seconds() }
    try section.finish()
  }

  private static func type(_ value: YAMLValue) throws -> EventType {
    try value.choice(Dictionary(uniqueKeysWithValues: EventType.allCases.map { ("\($0.name)", $0) }))
  }
}

/// Where the attributes of the items come from, beside those in the events.
public struct CatalogueSource: Sendable, Equatable {
  public var layout = TableLayout()

  mutating func read(_ value: YAMLValue) throws {
    var section = try value.section()
    try layout.read(&section, fields: [.itemID] + Field.ofItems)
    try section.finish()
  }
}
