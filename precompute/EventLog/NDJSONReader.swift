import Bytes
import Configuration
import JSONText

/// Rows of NDJSON: one object a line. A column is a key, or a path of keys with dots between them (`params.item_id`);
/// a key that holds dots itself is found too. Numbers and truth values are taken as they are written; where a field
/// holds several values, so is a list of them.
final class NDJSONReader: RowReader {
  let lines: LineReader
  private(set) var columns: [String] = []
  private(set) var slots: [ByteView] = []
  private let scratch: OwnedBytes
  private var paths: [Path] = []
  /// The slots whose value may be a list.
  private var lists: Set<Int> = []
  /// The line that the reader was opened on has not been handed out yet.
  private var isFirstPending = true

  /// A wanted column: its whole name, and the parts between the dots.
  private struct Path {
    let whole: OwnedBytes
    let keys: [OwnedBytes]

    init(_ name: String) {
      whole = OwnedBytes(copying: Array(name.utf8))
      keys = name.split(separator: ".").map { OwnedBytes(copying: Array($0.utf8)) }
    }

    func value(in object: JSONValue) -> JSONValue? {
      if let value = object.member(whole.view) { return value }
      guard keys.count > 1 else { return nil }
      var value = object
      for key in keys {
        guard let inner = value.member(key.view) else { return nil }
        value = inner
      }
      return value
    }
  }

  init(_ lines: LineReader) {
    self.lines = lines
    scratch = OwnedBytes(capacity: lines.lengthLimit + 8)
    guard let object = try? JSONValue.parse(lines.row) else { return }
    var writer = ByteWriter(scratch)
    columns = object.members.map { member in
      writer.truncate(to: 0)
      member.key.append(to: &writer)
      return writer.view.string
    }
  }

  func has(_ column: String) -> Bool {
    isFirstPending && (try? JSONValue.parse(lines.row)).map { Path(column).value(in: $0) != nil } ?? false
  }

  func select(_ plan: ColumnPlan) {
    paths = plan.names.map(Path.init)
    lists = plan.lists
    slots = Array(repeating: .empty, count: paths.count)
  }

  func next() throws -> RowOutcome? {
    if !isFirstPending {
      repeat {
        guard try lines.next() else { return nil }
      } while lines.row.trimmed.isEmpty
    }
    isFirstPending = false
    if lines.isTooLong { return .unfit(.tooLong) }
    guard let object = try? JSONValue.parse(lines.row) else {
      return .unfit(lines.row.isValidUTF8 ? .invalidJSON : .invalidUTF8)
    }
    guard object.kind == .object else { return .unfit(.notAnObject) }
    return fill(from: object)
  }

  private func fill(from object: JSONValue) -> RowOutcome {
    var writer = ByteWriter(scratch)
    for (slot, path) in paths.enumerated() {
      let value = path.value(in: object)
      switch value?.kind {
      case nil, .null: slots[slot] = .empty
      case .array where lists.contains(slot):
        guard let list = joined(value!, &writer) else { return .unfit(.nestedValue) }
        slots[slot] = list
      case .object, .array: return .unfit(.nestedValue)
      case .string: slots[slot] = value!.unescapedString ?? decoded(value!, &writer)
      case .number, .true, .false: slots[slot] = value!.text
      }
    }
    return .row
  }

  /// The values of a list as one text; nil where one is no scalar.
  private func joined(_ list: JSONValue, _ writer: inout ByteWriter) -> ByteView? {
    let start = writer.count
    for value in list.elements {
      if writer.count > start { writer.append(Field.valueSeparators[0]) }
      switch value.kind {
      case .string: value.append(to: &writer)
      case .number, .true, .false: writer.append(value.text)
      case .null: break
      case .object, .array: return nil
      }
    }
    return writer.view.dropFirst(start)
  }

  private func decoded(_ value: JSONValue, _ writer: inout ByteWriter) -> ByteView {
    let start = writer.count
    value.append(to: &writer)
    return writer.view.dropFirst(start)
  }
}
