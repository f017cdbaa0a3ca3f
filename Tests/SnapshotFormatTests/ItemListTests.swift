import Bytes
import SnapshotFormat
import TestSupport
import Testing

@Suite struct ItemListTests {
  typealias Entry = (item: UInt32, weight: Float)

  @Test func everyListComesBackWithinItsQuantisation() {
    var random = SeededGenerator(1)
    for round in 0..<2_000 {
      let count = round < 4 ? [0, 1, 2, 255][round] : random.below(256)
      let entries = Self.entries(count, below: round % 2 == 0 ? 1 << 24 : 1_000, &random)
      let read = Self.read(ItemList.encode(entries.shuffled(using: &random)))
      #expect(read.map(\.item) == entries.map(\.item))
      let largest = entries.map(\.weight).max() ?? 0
      for (found, expected) in zip(read, entries) {
        // Half a step of the 255, the bfloat16 scale's relative error of at most 2⁻⁸, and nothing below one step.
        let step = largest / 255
        #expect(abs(found.weight - max(expected.weight, step)) <= step * 0.51 + largest / 256)
        #expect(found.weight > 0)
      }
    }
  }

  @Test func theLayoutIsTheDocumentedOne() {
    // count 2, scale 1.0 = 0x3F80, then item 3 with 255/255, then 200 − 3 − 1 = 196 = 0xC4 0x01 with 128/255.
    let bytes = ItemList.encode([(200, 0.5), (3, 1)])
    #expect(bytes == [2, 0x80, 0x3F, 3, 255, 0xC4, 0x01, 128])
  }

  @Test func damagedListsEnd() {
    var random = SeededGenerator(2)
    for _ in 0..<50_000 {
      var bytes = random.bytes(random.below(40))
      if random.once(in: 2) {
        let count = random.below(12)
        bytes = random.mutated(ItemList.encode(Self.entries(count, below: 1 << 24, &random)))
      }
      let read = Self.read(bytes)
      #expect(read.count <= ItemList.countMax)
      #expect(zip(read, read.dropFirst()).allSatisfy { $0.item < $1.item })
      #expect(read.allSatisfy { $0.weight >= 0 && $0.weight.isFinite })
    }
  }

  @Test func truncatedListsGiveTheirFirstEntries() {
    var random = SeededGenerator(3)
    let entries = Self.entries(30, below: 100_000, &random)
    let bytes = ItemList.encode(entries)
    for length in 0..<bytes.count {
      let read = Self.read(Array(bytes.prefix(length)))
      #expect(read.map(\.item) == entries.prefix(read.count).map(\.item))
      #expect(read.count < entries.count)
    }
  }

  static func entries(_ count: Int, below bound: Int, _ random: inout SeededGenerator) -> [Entry] {
    var items: Set<UInt32> = count > 0 ? [UInt32(bound - 1)] : []
    while items.count < count { items.insert(UInt32(random.below(bound))) }
    let magnitude = Float(1 << random.below(20)) / 1024
    return items.sorted().map { ($0, Float(random.below(10_000) + 1) / 10_000 * magnitude) }
  }

  static func read(_ bytes: [UInt8]) -> [Entry] {
    bytes.withView { view in
      var list = ItemList.Iterator(view)
      var entries: [Entry] = []
      while let entry = list.nextEntry() { entries.append(entry) }
      return entries
    }
  }
}
