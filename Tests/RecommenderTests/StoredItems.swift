import Bytes
import Foundation
import GRDB
import Session
import SnapshotFormat
import TestSupport

/// What a base file holds of its items, read with SQLite and unpacked by the layouts alone: numbers for oracles.
struct StoredItems {
  let ids: [String]
  let confidence: [UInt8]
  /// By kind, then item: entries as the file keeps them.
  let lists: [[[(item: UInt32, weight: Double)]]]
  /// By item: factors.
  let factors: [[Double]]
  /// By item: scale of the factors.
  let scales: [Double]

  init(_ shop: BuiltShop) throws {
    let queue = try DatabaseQueue(path: shop.path(.base))
    func blocks(_ table: StaticString) throws -> [[UInt8]] {
      try queue.read { db in
        try Row.fetchAll(db, sql: "SELECT data FROM \(table) ORDER BY block").map { [UInt8]($0["data"] as Data) }
      }
    }
    func bytes(_ column: SnapshotFormat.Column) throws -> [UInt8] { try blocks(column.table).flatMap { $0 } }
    let idHeap = try blocks(Heap.ids.table)
    ids = try StoredItems.addresses(bytes(.id)).map { address in
      let block = idHeap[address.block]
      let start = address.offset + 1
      return String(decoding: block[start..<start + Int(block[address.offset])], as: UTF8.self)
    }
    confidence = try bytes(.confidence)
    lists = try ListKind.allCases.map { kind in
      let heap = try blocks(kind.heap.table)
      return try StoredItems.addresses(bytes(kind.column)).map { address in
        address == .none ? [] : StoredItems.entries(Array(heap[address.block].dropFirst(address.offset)))
      }
    }
    let dimensions = shop.models.factors?.dimensions ?? 0
    let width = FactorRow.width(dimensions: dimensions)
    let rows = try bytes(.factor)
    let values = stride(from: 0, to: dimensions > 0 ? rows.count : 0, by: width).map { Array(rows[$0..<$0 + width]) }
    let scales = values.map { row in Double(row.withView { FactorRow.scale($0) }) }
    self.scales = scales
    factors = zip(values, scales).map { row, scale in row.dropFirst(4).map { scale * Double(Int8(bitPattern: $0)) } }
  }

  private static func addresses(_ bytes: [UInt8]) -> [HeapAddress] {
    bytes.withView { view in
      stride(from: 0, to: view.count, by: 4).map { HeapAddress(rawValue: view.u32le($0)) }
    }
  }

  private static func entries(_ bytes: [UInt8]) -> [(item: UInt32, weight: Double)] {
    bytes.withView { view in
      var list = ItemList.Iterator(view)
      var entries: [(item: UInt32, weight: Double)] = []
      while let entry = list.nextEntry() { entries.append((entry.item, Double(entry.weight))) }
      return entries
    }
  }
}

/// The session as the models see it, worked out plainly: distinct items of the snapshot, newest first.
struct PlainInterests {
  struct Interest {
    let item: UInt32
    var weight: Double
    /// Distinct items, known or not, that are newer.
    let back: Int
    var events: Int
  }
  private(set) var items: [Interest] = []
  var weight: Double { items.reduce(0) { $0 + $1.weight } }
  var events: Int { items.reduce(0) { $0 + $1.events } }
  /// The newest item that weighs anything.
  var newest: Interest? { items.first { $0.weight > 0 } }

  init(_ request: Request, _ stored: StoredItems, _ weights: [EventType: Double]) {
    let numbers = Dictionary(uniqueKeysWithValues: zip(stored.ids, UInt32(0)...))
    var events = request.session.suffix(Session.signalsMax).reversed().map { (id: $0.item, type: $0.type) }
    if let current = request.current, numbers[current] != nil, events.first?.id != current {
      events.insert((current, .view), at: 0)
    }
    var seen: [String] = []
    for event in events {
      let back = seen.firstIndex(of: event.id) ?? seen.count
      if back == seen.count { seen.append(event.id) }
      guard let item = numbers[event.id] else { continue }
      let place = items.firstIndex { $0.item == item } ?? items.count
      if place == items.count { items.append(Interest(item: item, weight: 0, back: back, events: 0)) }
      items[place].events += 1
      items[place].weight = max(items[place].weight, weights[event.type, default: 0] * exp(-Double(place) / 3))
    }
  }
}
