import Bytes
import EdgeService
import SQLiteReader
import SnapshotFormat

/// The files of a shop that inputs ask, and that the snapshot target damages: an input holds edits, not files, so that it is
/// small and most of what it says arrives behind the checks of the file format.
public final class FuzzShop {
  public struct File {
    let kind: UInt32
    public let bytes: OwnedBytes
  }

  /// Where the rows of one table stand: their payloads, record header and values.
  private struct Rows {
    let file: Int
    var payloads: [(start: Int, count: Int)] = []
  }

  public private(set) var files: [File] = []
  private var tables: [Rows] = []
  private var whole: Service?
  private var undone: [(file: Int, offset: Int, byte: UInt8)] = []

  public init() {}

  /// Adds a file, the base first. False where the reader does not open its rows.
  public func add(kind: UInt32, _ bytes: ByteView) -> Bool {
    let copy = OwnedBytes(capacity: bytes.count)
    copy.start.copyMemory(from: bytes.start, byteCount: bytes.count)
    files.append(File(kind: kind, bytes: copy))
    do throws(SQLiteError) {
      let database = try Database(copy.view)
      var schema = database.schema()
      while let entry = try schema.next() {
        guard entry.kind == .table, let table = try database.table(entry.name) else { continue }
        var rows = Rows(file: files.count - 1)
        var cursor = table.cursor()
        var found = try cursor.first()
        while found {
          let record = try cursor.localRecord()
          let start = Int(record.offset)
          rows.payloads.append((start, try FuzzShop.end(of: record, in: copy.view) - start))
          found = try cursor.next()
        }
        if !rows.payloads.isEmpty { tables.append(rows) }
      }
      return true
    } catch {
      return false
    }
  }

  /// Where the payload ends, or a little behind it: of numbers that end a row the width is not known here.
  private static func end(of record: Record, in file: ByteView) throws(SQLiteError) -> Int {
    var end = Int(record.offset) + 4
    var values = record.values
    while let value = try values.next() {
      switch value {
      case .text(let bytes), .blob(let bytes): end = max(end, bytes.start - file.start + bytes.count)
      default: break
      }
    }
    return min(end + 8, file.count)
  }

  /// A scorer that reads these files in place, as far as they open; adds what opening says.
  func open(_ chosen: [Int], _ checksum: inout Checksum) -> Service {
    let service = Service()
    for file in chosen {
      if let problem = service.open(kind: files[file].kind, files[file].bytes.view) { checksum.add(problem) }
    }
    return service
  }

  /// A scorer that reads the whole files, made anew only where an earlier input has left something in it: a session that a host
  /// has it keep.
  func scorer() -> Service {
    if let whole, !whole.keepsSessions { return whole }
    var checksum = Checksum()
    let made = open(Array(files.indices), &checksum)
    whole = made
    return made
  }

  // MARK: Edits

  /// Carries out the edits of `input` in these files, each
  ///
  ///     u8 table, u16 row, u16 offset in the row's payload, u8 how many bytes (0 to 15), these bytes
  ///     255, u8 file, u24 offset in the file, u8 how many bytes, these bytes
  ///
  /// little-endian; every number is taken modulo what there is.
  func edit(_ chosen: [Int], _ input: ByteView) {
    let tables = tables.filter { chosen.contains($0.file) }
    var rest = input
    while rest.has(0, 6) {
      let count = Int(rest[5] & 15)
      var (file, offset, end) = (0, 0, 0)
      if rest[0] == 255 || tables.isEmpty {
        file = chosen[Int(rest[1]) % chosen.count]
        end = files[file].bytes.capacity
        offset = (Int(rest.u16le(2)) | Int(rest[4]) << 16) % end
      } else {
        let table = tables[Int(rest[0]) % tables.count]
        let payload = table.payloads[Int(rest.u16le(1)) % table.payloads.count]
        file = table.file
        offset = payload.start + Int(rest.u16le(3)) % payload.count
        end = payload.start + payload.count
      }
      let bytes = rest.dropFirst(6).prefix(min(count, end - offset))
      for index in bytes.indices { put(bytes[index], file, offset + index) }
      rest = rest.dropFirst(6 + count)
    }
  }

  private func put(_ byte: UInt8, _ file: Int, _ offset: Int) {
    let bytes = files[file].bytes
    undone.append((file, offset, bytes.view[offset]))
    bytes.start.storeBytes(of: byte, toByteOffset: offset, as: UInt8.self)
  }

  /// Takes all edits back.
  func mend() {
    while let edit = undone.popLast() {
      files[edit.file].bytes.start.storeBytes(of: edit.byte, toByteOffset: edit.offset, as: UInt8.self)
    }
  }
}

/// Opens files of a shop as the input has edited them, and asks a question or two. Two bytes choose, edits follow:
///
///     bits 0 to 2 of the first: the question; bit 3: events come before it, so that there is a session
///     bits 1 to 7 of the second: which files there are beside the base; bit 0: the base is opened last
///
/// Few files and questions, so that there are many runs.
func fuzzSnapshot(_ input: ByteView, _ shop: FuzzShop) -> UInt64 {
  guard input.has(0, 2) else { return 0 }
  let others = shop.files.indices.dropFirst().filter { Int(input[1]) >> $0 & 1 == 1 }
  let chosen = input[1] & 1 == 0 ? [0] + others : others + [0]
  shop.edit(chosen, input.dropFirst(2))
  defer { shop.mend() }
  var checksum = Checksum()
  let service = shop.open(chosen, &checksum)
  let question = Int(input[0] & 7)
  if input[0] & 8 != 0 { checksum.ask(service, ByteView(FuzzQuestions.all[0])) }
  checksum.ask(service, ByteView(FuzzQuestions.all[question]))
  return checksum.value
}
