import Bytes
import Configuration

/// Binds fields to the columns of one file.
struct FieldColumns {
  let layout: FileLayout
  private(set) var plan = ColumnPlan()
  private var readers: [Field: FieldReader] = [:]

  /// Columns that are named in the configuration or are `required` have to exist in the file; others are read where it
  /// has them. NDJSON rows need not have all keys, so there only the rows can be judged.
  init(_ reader: any RowReader, _ layout: FileLayout, fields: [Field], required: Set<Field>, key: String) throws {
    self.layout = layout
    let hasHeader = reader is DelimitedReader
    for field in fields {
      let (names, areConfigured) = layout.table.columns(of: field)
      let isRequired = areConfigured || required.contains(field)
      var slots: [FieldReader.Slot] = []
      for name in names where isRequired || !hasHeader || reader.has(name) {
        if hasHeader, !reader.has(name) {
          throw Self.missing(name, areConfigured ? "\(key).columns.\(field.rawValue)" : field.rawValue, reader)
        }
        let slot = plan.slot(of: name, isList: field.isList)
        slots.append(.init(number: slot, label: field == .attributes ? "\(name)=" : nil))
      }
      readers[field] = FieldReader(slots, separator: field.separator, lengthLimit: reader.lines.lengthLimit)
    }
  }

  static func missing(_ column: String, _ purpose: String, _ reader: any RowReader) -> EventLogError {
    .missingColumn(file: reader.lines.source.name, column: column, purpose: purpose, found: reader.columns)
  }

  subscript(_ field: Field) -> FieldReader { readers[field] ?? FieldReader([], separator: nil, lengthLimit: 0) }

  /// The slot of a column that is no field.
  mutating func slot(of column: String) -> Int { plan.slot(of: column) }
}

/// Takes one field out of the slots of a row.
struct FieldReader {
  /// A column of the field.
  struct Slot {
    let number: Int
    /// Written before each value of the column; nil for none.
    let label: [UInt8]?

    init(number: Int, label: String?) { (self.number, self.label) = (number, label.map { Array($0.utf8) }) }
  }

  private let slots: [Slot]
  private let separator: [UInt8]
  /// Where the texts of several columns are put together.
  private let scratch: OwnedBytes?

  init(_ slots: [Slot], separator: String?, lengthLimit: Int) {
    self.slots = slots
    self.separator = Array((separator ?? " ").utf8)
    let isWritten = slots.count > 1 || slots.contains { $0.label != nil }
    scratch = isWritten ? OwnedBytes(capacity: lengthLimit + slots.count * self.separator.count) : nil
  }

  var isRead: Bool { !slots.isEmpty }

  /// The text without white space at its ends, empty where there is none. Valid until this field is asked for again.
  func text(_ row: [ByteView]) -> ByteView {
    guard let scratch else { return slots.isEmpty ? .empty : row[slots[0].number].trimmed }
    var writer = ByteWriter(scratch)
    for slot in slots {
      guard let label = slot.label else {
        append(row[slot.number].trimmed, to: &writer)
        continue
      }
      for value in row[slot.number].values {
        append(value, label: label, to: &writer)
      }
    }
    return writer.view
  }

  private func append(_ part: ByteView, label: [UInt8] = [], to writer: inout ByteWriter) {
    if part.isEmpty { return }
    if writer.count > 0 { for byte in separator { writer.append(byte) } }
    for byte in label { writer.append(byte) }
    writer.append(part)
  }
}

extension ByteView {
  /// The values of a list, without white space around them, empty ones left out.
  var values: [ByteView] {
    var (values, start) = ([ByteView](), 0)
    for end in 0...count where end == count || Field.valueSeparators.contains(self[end]) {
      let value = dropFirst(start).prefix(end - start).trimmed
      if !value.isEmpty { values.append(value) }
      start = end + 1
    }
    return values
  }
}
