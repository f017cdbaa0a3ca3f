import Bytes
import Configuration

/// The columns that a reader of rows is asked for, each once; the number of a column is its slot.
struct ColumnPlan {
  private(set) var names: [String] = []
  /// The slots whose value may be a list of values.
  private(set) var lists: Set<Int> = []

  mutating func slot(of name: String, isList: Bool = false) -> Int {
    let slot = names.firstIndex(of: name) ?? names.count
    if slot == names.count { names.append(name) }
    if isList { lists.insert(slot) }
    return slot
  }
}

/// Reads the rows of one source and finds the wanted columns in each.
protocol RowReader: AnyObject {
  var lines: LineReader { get }
  /// The columns that the file says it has; for NDJSON the keys of the first row.
  var columns: [String] { get }
  /// The wanted columns of the current row, by slot, empty where the row has none. Valid until `next`.
  var slots: [ByteView] { get }
  /// Which columns to find.
  func select(_ plan: ColumnPlan)
  /// Whether the file has the column. NDJSON: whether the first row has it.
  func has(_ column: String) -> Bool
  /// Moves to the next row; empty lines are none. Nil at the end.
  func next() throws -> RowOutcome?
}

enum RowOutcome {
  case row
  case unfit(RejectReason)
}

/// Opens a source in the format that is configured or that its first line shows.
func openRows(_ lines: LineReader, format: TextFormat) throws -> any RowReader {
  repeat {
    guard try lines.next() else { throw EventLogError.noHeader(file: lines.source.name) }
  } while lines.row.trimmed.isEmpty
  switch format {
  case .ndjson: return NDJSONReader(lines)
  case .csv: return try DelimitedReader(lines, delimiter: UInt8(ascii: ","))
  case .tsv: return try DelimitedReader(lines, delimiter: UInt8(ascii: "\t"))
  case .auto:
    let line = lines.row
    if line.trimmed[0] == UInt8(ascii: "{") { return NDJSONReader(lines) }
    let delimiters = [UInt8(ascii: ","), UInt8(ascii: "\t"), UInt8(ascii: ";")]
    let counts = delimiters.map { delimiter in (0..<line.count).count { line[$0] == delimiter } }
    return try DelimitedReader(lines, delimiter: delimiters[counts.firstIndex(of: counts.max()!)!])
  }
}
