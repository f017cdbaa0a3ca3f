import Bytes
import SQLiteReader

func runSQLiteScript(_ bytes: ByteView, on file: ByteView, into answer: inout ByteWriter) {
  do throws(SQLiteError) {
    let probe = SQLiteProbe(database: try Database(file))
    var script = Script(bytes)
    while !script.isEmpty {
      do throws(SQLiteError) {
        try probe.run(&script, into: &answer)
      } catch {
        answer.append(error)
      }
      answer.append(tag: ".")
    }
  } catch {
    answer.append(error)
  }
}

/// The commands of a script: 'D' dumps the whole database, the others look something up.
struct SQLiteProbe {
  let database: Database

  func run(_ script: inout Script, into answer: inout ByteWriter) throws(SQLiteError) {
    switch Unicode.Scalar(script.byte()) {
    case "D": try dump(into: &answer)
    case "r": try row(script.bytes(), script.i64(), into: &answer)
    case "R": try rows(script.bytes(), from: script.i64(), limit: script.u32(), into: &answer)
    case "K": try entries(&script, onlyMatching: false, into: &answer)
    case "M": try entries(&script, onlyMatching: true, into: &answer)
    case "b": try blob(script.bytes(), script.i64(), column: Int(script.u32()), into: &answer)
    default: preconditionFailure("no such command")
    }
  }

  /// Every object and all it holds. An error ends its object, and the next one follows.
  private func dump(into answer: inout ByteWriter) throws(SQLiteError) {
    var schema = database.schema()
    while let entry = try schema.next() {
      answer.append(entry)
      guard entry.rootPage > 0 else { continue }
      do throws(SQLiteError) {
        switch entry.kind {
        case .table: try dumpTable(entry.name, into: &answer)
        case .index: try dumpIndex(database.index(named: entry.name), into: &answer)
        case .view, .trigger: break
        }
      } catch {
        answer.append(error)
      }
    }
  }

  private func dumpTable(_ name: ByteView, into answer: inout ByteWriter) throws(SQLiteError) {
    do throws(SQLiteError) {
      return try rows(name, from: .min, limit: .max, into: &answer)
    } catch {
      // The walk itself meets `wrongTree` only in a corrupt file, and then this reports it again.
      guard error.kind == .wrongTree else { throw error }
    }
    try dumpIndex(database.tableWithoutRowid(name), into: &answer)
  }

  private func dumpIndex(_ index: Index?, into answer: inout ByteWriter) throws(SQLiteError) {
    guard let index else { return answer.append(tag: "n") }
    var cursor = index.cursor()
    var found = try cursor.first()
    while found {
      answer.append(tag: "k")
      try answer.append(cursor.record())
      found = try cursor.next()
    }
  }

  private func row(_ table: ByteView, _ rowid: Int64, into answer: inout ByteWriter) throws(SQLiteError) {
    guard let table = try database.table(table) else { return answer.append(tag: "n") }
    var cursor = table.cursor()
    guard try cursor.seek(rowid: rowid) else { return answer.append(tag: "n") }
    try append(&cursor, into: &answer)
  }

  private func rows(
    _ table: ByteView, from rowid: Int64, limit: UInt32, into answer: inout ByteWriter
  ) throws(SQLiteError) {
    guard let table = try database.table(table) else { return answer.append(tag: "n") }
    var cursor = table.cursor()
    var found = rowid == .min ? try cursor.first() : try cursor.seek(atOrAfter: rowid)
    var left = limit
    while found, left > 0 {
      try append(&cursor, into: &answer)
      left &-= 1
      found = try cursor.next()
    }
  }

  private func append(_ cursor: inout TableCursor, into answer: inout ByteWriter) throws(SQLiteError) {
    answer.append(tag: "r")
    answer.append64(UInt64(bitPattern: cursor.rowid))
    try answer.append(cursor.record())
  }

  private func blob(
    _ table: ByteView, _ rowid: Int64, column: Int, into answer: inout ByteWriter
  ) throws(SQLiteError) {
    guard let blob = try database.table(table)?.blob(rowid: rowid, column: column) else {
      return answer.append(tag: "n")
    }
    answer.append(tag: "b")
    answer.appendSized(blob)
  }

  /// Operands: whether a WITHOUT ROWID table is meant, name, whether an order is given, which columns descend,
  /// limit, key.
  private func entries(
    _ script: inout Script, onlyMatching: Bool, into answer: inout ByteWriter
  ) throws(SQLiteError) {
    let (isTable, name, isOrdered) = (script.byte() == 1, script.bytes(), script.byte() == 1)
    let order = KeyOrder(descending: script.u64())
    var left = script.u32()
    let key = script.key()
    guard let index = isTable ? try database.tableWithoutRowid(name) : try database.index(named: name) else {
      return answer.append(tag: "n")
    }
    var cursor = isOrdered ? index.cursor(order: order) : index.cursor()
    // The empty array's storage in wasm32 is not aligned as `Array.span` demands: it traps.
    let span = key.isEmpty ? Span() : key.span
    var found = try cursor.seek(atOrAfter: span)
    while found, left > 0 {
      if onlyMatching, !(try cursor.matches(span)) { return }
      answer.append(tag: "k")
      try answer.append(cursor.record())
      left &-= 1
      found = try cursor.next()
    }
  }
}
