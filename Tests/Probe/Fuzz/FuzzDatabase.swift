import Bytes
import SQLiteReader

/// Reads everything that a file's schema names, forwards and by search.
func fuzzDatabase(_ file: ByteView) -> UInt64 {
  var checksum = Checksum()
  let buffer = OwnedBytes(capacity: 1 << 18)
  do throws(SQLiteError) {
    let reading = DatabaseReading(database: try Database(file), buffer: buffer)
    var schema = reading.database.schema()
    while let entry = try schema.next() {
      checksum.add(entry.name)
      guard entry.rootPage > 0 else { continue }
      do throws(SQLiteError) {
        checksum.add(try reading.read(entry))
      } catch {
        checksum.add(error)
      }
    }
  } catch {
    checksum.add(error)
  }
  return checksum.value
}

private struct DatabaseReading {
  let database: Database
  let buffer: OwnedBytes

  /// Entries that are read of one tree: cells may share their bytes, so that a small file can have many.
  private static let entriesMax = 2000

  func read(_ entry: SchemaEntry) throws(SQLiteError) -> UInt64 {
    switch entry.kind {
    case .table:
      do throws(SQLiteError) {
        if let table = try database.table(entry.name) { return try read(table) }
      } catch {
        guard error.kind == .wrongTree else { throw error }
        if let index = try database.tableWithoutRowid(entry.name) { return try read(index) }
      }
    case .index: if let index = try database.index(named: entry.name) { return try read(index) }
    case .view, .trigger: break
    }
    return 0
  }

  private func read(_ table: Table) throws(SQLiteError) -> UInt64 {
    var checksum = Checksum()
    var cursor = table.cursor()
    var found = try cursor.first()
    var (count, middle) = (0, 0 as Int64)
    while found, count < DatabaseReading.entriesMax {
      checksum.add(try digest(cursor.record()))
      count += 1
      if count.nonzeroBitCount == 1 { middle = cursor.rowid }
      found = try cursor.next()
    }
    if try cursor.seek(rowid: middle) {
      checksum.add(try digest(cursor.record()))
      // The same row, if nothing of it is elsewhere.
      if cursor.isInPlace { checksum.add(try digest(cursor.localRecord())) }
    }
    if try cursor.seek(atOrAfter: middle &+ 1) { checksum.add(UInt64(bitPattern: cursor.rowid)) }
    for column in 0..<3 {
      do throws(SQLiteError) {
        if let blob = try table.blob(rowid: middle, column: column) { checksum.add(blob) }
      } catch {
        checksum.add(error)
      }
    }
    return checksum.value
  }

  private func read(_ index: Index) throws(SQLiteError) -> UInt64 {
    var checksum = Checksum()
    var cursor = index.order == nil ? index.cursor(order: KeyOrder(descending: 1)) : index.cursor()
    var found = try cursor.first()
    var count = 0
    while found, count < DatabaseReading.entriesMax {
      checksum.add(try digest(cursor.record()))
      count += 1
      found = try cursor.next()
    }
    for key in [Value.null, .integer(7), .text(ByteView("m")), .blob(ByteView("m"))] {
      let keys = [key]
      if try cursor.seek(atOrAfter: keys.span) {
        checksum.add(try digest(cursor.record()))
        checksum.add(try cursor.matches(keys.span) ? 1 : 0)
      }
    }
    return checksum.value
  }

  private func digest(_ record: Record) throws(SQLiteError) -> UInt64 {
    var writer = ByteWriter(buffer)
    try writer.append(record)
    return hash64(writer.view, seed: 0, kind: writer.overflowed ? 1 : 0)
  }
}

extension Checksum {
  fileprivate mutating func add(_ error: SQLiteError) {
    add(ByteView(error.kind.name))
    add(error.offset)
  }
}
