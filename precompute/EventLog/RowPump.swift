import Bytes
import Configuration

/// Feeds the rows of several files to a consumer; keeps the counts and the limit of rejects.
struct RowPump {
  enum Outcome {
    case kept
    case skipped(rule: Int)
    case rejected(RejectReason)
  }

  /// `events` or `catalogue`, for messages and as the key of the configuration.
  let what: String
  let layout: TableLayout
  let rejects: RejectsWriter
  let progress: ((ReadProgress) -> Void)?
  /// Rows left out by the consumer beside the configured rules.
  var extraRules: [String] = []
  private let input: EventLog.Input
  private(set) var summary = ReadSummary()

  /// Rows from which on a file that is mostly unfit ends the read at once: it is not the file or the configuration that
  /// was meant. A share between the limit and this is judged when all rows have been read.
  static let earlyRows: UInt64 = 10_000
  static let earlyShare = 0.5

  init(what: String, layout: TableLayout, rejects: RejectsWriter, _ input: EventLog.Input) {
    (self.what, self.layout, self.rejects) = (what, layout, rejects)
    (progress, self.input) = (input.progress, input)
  }

  /// `open` is called with each file's reader and returns what handles its rows.
  mutating func run(
    _ paths: [String], open: (any RowReader) throws -> (columns: FieldColumns, handle: ([ByteView]) throws -> Outcome)
  ) throws {
    let sizes = try paths.map(size)
    let total = sizes.contains(nil) ? nil : sizes.reduce(0) { $0 + ($1 ?? 0) }
    summary.skipped = (layout.skip.map(\.description) + extraRules).map { ReadSummary.Skipped(rule: $0) }
    for path in paths {
      let source = try input.texts[path].map { try ByteSource(name: path, text: $0) } ?? ByteSource(path: path)
      let before = summary.rows
      let lines = try LineReader(source, chunkLength: input.chunkLength, lengthLimit: input.rowLengthMax)
      let reader = try openRows(lines, format: layout.format)
      var (columns, handle) = try open(reader)
      let filter = try SkipFilter(columns.layout.table.skip, reader, &columns)
      reader.select(columns.plan)
      let bytesBefore = summary.files.reduce(0) { $0 + $1.bytes }
      var reported: UInt64 = .max
      while let outcome = try reader.next() {
        summary.rows += 1
        try count(outcome, reader, filter, handle)
        if reported != source.bytesRead {
          reported = source.bytesRead
          progress?(
            ReadProgress(file: source.name, bytes: bytesBefore + reported, totalBytes: total, rows: summary.rows))
        }
      }
      summary.files.append(
        ReadSummary.File(name: source.name, bytes: source.bytesRead, rows: summary.rows - before))
    }
    try checkShare(above: layout.reject.maximumShare)
    try rejects.flush()
  }

  private func size(_ path: String) throws -> UInt64? {
    try input.texts[path].map { UInt64($0.count) } ?? ByteSource.size(path: path)
  }

  private mutating func count(
    _ outcome: RowOutcome, _ reader: any RowReader, _ filter: SkipFilter, _ handle: ([ByteView]) throws -> Outcome
  ) throws {
    var result: Outcome
    switch outcome {
    case .unfit(let reason): result = .rejected(reason)
    case .row: result = try filter.outcome(of: reader.slots) ?? handle(reader.slots)
    }
    switch result {
    case .kept: summary.kept += 1
    case .skipped(let rule): summary.skipped[rule].rows += 1
    case .rejected(let reason): try reject(reader.lines, reason)
    }
  }

  private mutating func reject(_ lines: LineReader, _ reason: RejectReason) throws {
    summary.rejected[reason, default: 0] += 1
    if summary.firstRejects.count < layout.reject.show {
      summary.firstRejects.append(
        Reject(file: lines.source.name, line: lines.number, reason: reason, text: RejectsWriter.excerpt(lines.row)))
    }
    try rejects.begin(lines.source.name, lines.number, reason)
    try lines.drain(rejects.append)
    rejects.end()
    if summary.rows >= Self.earlyRows {
      try checkShare(above: max(layout.reject.maximumShare, Self.earlyShare))
    }
  }

  private func checkShare(above limit: Double) throws {
    guard Double(summary.rejectedCount) > limit * Double(summary.rows) else { return }
    try rejects.flush()
    throw EventLogError.tooManyRejects(
      what: what, rows: summary.rows, rejected: summary.rejected, maximumShare: layout.reject.maximumShare,
      first: summary.firstRejects)
  }
}
