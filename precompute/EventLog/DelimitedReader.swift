import Bytes

/// Rows of CSV or TSV (RFC 4180): a field that starts with a quote ends at the next single one, may hold delimiters, line
/// ends and doubled quotes; a quote inside an unquoted field is a character as any other. A row that breaks this
/// is unfit as far as its first line, and reading goes on at the next line, so that a stray quote costs one row.
final class DelimitedReader: RowReader {
  let lines: LineReader
  private(set) var columns: [String] = []
  private(set) var slots: [ByteView] = []
  private let delimiter: UInt8
  private let scratch: OwnedBytes
  /// For each column of the file the slot that wants it, or -1.
  private var slotOfColumn: [Int] = []
  private var fields: [Field] = []

  /// A field's place in the row, counted from the row's start because taking in a line may move the row.
  private struct Field {
    var offset: Int
    var length: Int
    var hasDoubledQuotes = false
  }

  /// The current line of `lines` is the header.
  init(_ lines: LineReader, delimiter: UInt8) throws {
    self.lines = lines
    self.delimiter = delimiter
    scratch = OwnedBytes(capacity: lines.lengthLimit + 8)
    guard !lines.isTooLong, try split() == nil, lines.row.isValidUTF8 else {
      throw EventLogError.noHeader(file: lines.source.name)
    }
    var writer = ByteWriter(scratch)
    columns = fields.map { value(of: $0, &writer).trimmed.string }
    for (index, name) in columns.enumerated() where columns[..<index].contains(name) && !name.isEmpty {
      throw EventLogError.repeatedColumn(file: lines.source.name, column: name)
    }
  }

  func has(_ column: String) -> Bool { columns.contains(column) }

  func select(_ plan: ColumnPlan) {
    slotOfColumn = columns.map { name in plan.names.firstIndex(of: name) ?? -1 }
    slots = Array(repeating: .empty, count: plan.names.count)
  }

  func next() throws -> RowOutcome? {
    repeat {
      guard try lines.next() else { return nil }
    } while lines.row.isEmpty
    if lines.isTooLong { return .unfit(.tooLong) }
    if let reason = try split() {
      lines.retreat()
      return .unfit(reason)
    }
    if fields.count < columns.count { return .unfit(.tooFewFields) }
    if fields.count > columns.count, fields[columns.count...].contains(where: { $0.length > 0 }) {
      return .unfit(.tooManyFields)
    }
    var writer = ByteWriter(scratch)
    for (column, slot) in slotOfColumn.enumerated() where slot >= 0 { slots[slot] = value(of: fields[column], &writer) }
    return .row
  }

  /// Finds the fields of the row, taking in further lines where a quoted field goes on there.
  private func split() throws -> RejectReason? {
    fields.removeAll(keepingCapacity: true)
    var row = lines.row
    var position = 0
    while true {
      if position < row.count, row[position] == UInt8(ascii: "\"") {
        guard let field = try quotedField(at: position, &row) else { return .badQuoting }
        fields.append(field)
        position = field.offset + field.length + 1
      } else {
        let offset = position
        while position < row.count, row[position] != delimiter { position += 1 }
        fields.append(Field(offset: offset, length: position - offset))
      }
      if position == row.count { return nil }
      guard row[position] == delimiter else { return .badQuoting }
      position += 1
    }
  }

  private func quotedField(at quote: Int, _ row: inout ByteView) throws -> Field? {
    var field = Field(offset: quote + 1, length: 0)
    var position = quote + 1
    while true {
      if position >= row.count {
        guard try lines.extend() else { return nil }
        row = lines.row
      } else if row[position] != UInt8(ascii: "\"") {
        position += 1
      } else if position + 1 < row.count, row[position + 1] == UInt8(ascii: "\"") {
        field.hasDoubledQuotes = true
        position += 2
      } else {
        field.length = position - field.offset
        return field
      }
    }
  }

  /// The field's bytes; only where quotes are doubled are they copied.
  private func value(of field: Field, _ writer: inout ByteWriter) -> ByteView {
    let text = lines.row.dropFirst(field.offset).prefix(field.length)
    guard field.hasDoubledQuotes else { return text }
    let start = writer.count
    var index = 0
    while index < text.count {
      writer.append(text[index])
      index += text[index] == UInt8(ascii: "\"") ? 2 : 1
    }
    return writer.view.dropFirst(start)
  }
}

extension ByteView {
  /// A copy as text; malformed UTF-8 becomes U+FFFD.
  var string: String { String(decoding: UnsafeRawBufferPointer(start: start, count: count), as: UTF8.self) }
}
