import Bytes
import Configuration

/// Binds fields to the columns of one file.
struct FieldColumns {
  private(set) var plan = ColumnPlan()
  private var readers: [Field: FieldReader] = [:]

  /// Columns that are named in the configuration or are `required` have to exist in the file; others are read where it
  /// has them. NDJSON rows need not have all keys, so there only the rows can be judged.
  init(_ reader: any RowReader, _ layout: TableLayout, fields: [Field], required: Set<Field>, key: String) throws {
    let hasHeader = reader is DelimitedReader
    for field in fields {
      let (names, areConfigured) = layout.columns(of: field)
      let isRequired = areConfigured || required.contains(field)
      var slots: [Int] = []
      for name in names where isRequired || !hasHeader || reader.has(name) {
        if hasHeader, !reader.has(name) {
          throw Self.missing(name, areConfigured ? "\(key).columns.\(field.rawValue)" : field.rawValue, reader)
        }
        slots.append(plan.slot(of: name))
      }
      readers[field] = FieldReader(slots, separator: field.separator)
    }
  }

  static func missing(_ column: String, _ purpose: String, _ reader: any RowReader) -> EventLogError {
    .missingColumn(file: reader.lines.source.name, column: column, purpose: purpose, found: reader.columns)
  }

  subscript(_ field: Field) -> FieldReader { readers[field] ?? FieldReader([], separator: nil) }

  /// The slot of a column that is no field.
  mutating func slot(of column: String) -> Int { plan.slot(of: column) }
}

/// Takes one field out of the slots of a row.
struct FieldReader {
  private let slots: [Int]
  private let separator: [UInt8]
  /// Where the texts of several columns are put together.
  private let scratch: OwnedBytes?

  init(_ slots: [Int], separator: String?) {
    self.slots = slots
    self.separator = Array((separator ?? " ").utf8)
    scratch = slots.count > 1 ? OwnedBytes(capacity: LineReader.lengthLimit + slots.count * self.separator.count) : nil
  }

  var isRead: Bool { !slots.isEmpty }

  /// The text without white space at its ends, empty where there is none. Valid until this field is asked for again.
  func text(_ row: [ByteView]) -> ByteView {
    guard let scratch else { return slots.isEmpty ? .empty : row[slots[0]].trimmed }
    var writer = ByteWriter(scratch)
    for slot in slots {
      let part = row[slot].trimmed
      if part.isEmpty { continue }
      if writer.count > 0 { for byte in separator { writer.append(byte) } }
      writer.append(part)
    }
    return writer.view
  }
}
