import Bytes
import SnapshotFormat
import TestSupport
import Testing

@Suite struct LayoutTests {
  @Test func topListsKeepItemsAndShares() {
    var random = SeededGenerator(1)
    for count in [0, 1, 100, 512] {
      let items = (0..<count).map { _ in UInt32(truncatingIfNeeded: random.next()) }
      let scores = (0..<count).map { _ in Float(random.below(1_000_000)) / 3e5 }.sorted(by: >)
      let bytes = TopList.encode(items: items, scores: scores)
      bytes.withView { view in
        #expect(TopList.count(view) == count)
        for index in 0..<count {
          let entry = TopList.entry(view, index)
          #expect(entry.item == items[index])
          #expect(abs(entry.score - scores[index] / scores[0]) <= 0.51 / 65535)
          #expect((0...1).contains(entry.score))
        }
        // A cut row loses its last entry, not more.
        if count > 0 { #expect(TopList.count(view.dropLast(1)) == count - 1) }
      }
    }
    let zeros = TopList.encode(items: [7, 8], scores: [0, 0])
    #expect(zeros.withView { TopList.entry($0, 1).score } == 0)
  }

  @Test func brainFloatIsTheNearestOfItsNeighbours() {
    var random = SeededGenerator(2)
    for _ in 0..<50_000 {
      let value = Float(bitPattern: UInt32(truncatingIfNeeded: random.next()))
      guard value.isFinite, abs(value) < 3e38 else { continue }
      let bits = BrainFloat.encode(value)
      let error = abs(Double(BrainFloat.decode(bits)) - Double(value))
      for neighbour in [bits &- 1, bits &+ 1] where neighbour & 0x7F80 != 0x7F80 {
        let other = abs(Double(BrainFloat.decode(neighbour)) - Double(value))
        #expect(error < other || (error == other && bits % 2 == 0) || neighbour ^ bits > 0x7FFF)
      }
    }
    for (value, bits) in [(0, 0), (1, 0x3F80), (-2, 0xC000), (1.00390625, 0x3F80), (1.01171875, 0x3F82)]
      as [(Float, UInt16)]
    {
      #expect(BrainFloat.encode(value) == bits)
    }
  }

  @Test func liftsAreKeptToTheNearestStep() {
    var random = SeededGenerator(3)
    for _ in 0..<10_000 {
      let item = UInt32(random.below(1 << 24))
      let lift = Float(random.below(16_000)) / 1000
      let entry = LiftEntry.encode(item: item, lift: lift)
      #expect(LiftEntry.item(entry) == item)
      // Half a step of level / 64, and the square's slope there.
      let most = (255.0 / 64) * (255.0 / 64)
      #expect(abs(Double(LiftEntry.lift(entry)) - min(Double(lift), most)) <= Double(lift.squareRoot()) / 64 + 1e-4)
    }
    #expect(LiftEntry.lift(LiftEntry.encode(item: 9, lift: 1)) == 1)
    #expect(LiftEntry.lift(LiftEntry.encode(item: 9, lift: 1e9)) == Float(255 * 255) / 4096)
  }

  @Test func behaviourOfItemsComesBack() {
    for topic in [nil, 0, 7, 30] as [Int?] {
      for level in [nil, 0, 1, 2] as [Int?] {
        for isNew in [false, true] {
          let behaviour = ItemBehaviour(topic: topic, priceLevel: level, isNew: isNew)
          #expect(behaviour.topic == topic ?? ItemBehaviour.noTopic)
          #expect(behaviour.priceLevel == level && behaviour.isNew == isNew)
        }
      }
    }
  }

  /// Against the definition, item by item, for all bytes that an item can have.
  @Test func evidenceIsTheSumOverItems() {
    var random = SeededGenerator(5)
    for topics in [2, 20, 31] {
      let numbers = (0..<5 + topics).map { _ in Int16(random.below(4096) - 2048) }
      let row = SegmentEvidence.encode(
        prior: numbers[0], dear: numbers[1], cheap: numbers[2], fresh: numbers[3], settled: numbers[4],
        topics: Array(numbers[5...]))
      row.withView { view in
        #expect(
          SegmentEvidence(view.dropLast(1), topics: topics) == nil && SegmentEvidence(view, topics: topics + 1) == nil)
        guard let evidence = SegmentEvidence(view, topics: topics) else { return #expect(Bool(false)) }
        for _ in 0..<200 {
          let items = (0..<random.below(34)).map { _ in ItemBehaviour(rawValue: UInt8(random.below(256))) }
          var (totals, found, expected) = (BehaviourTotals(), 0, Double(numbers[0]))
          for item in items {
            totals.add(item)
            found += evidence.topic(item.topic)
            if item.topic < topics { expected += Double(numbers[5 + item.topic]) }
            if let level = item.priceLevel {
              expected += (Double(level) * Double(numbers[1]) + Double(2 - level) * Double(numbers[2])) / 2
            }
            expected += Double(item.isNew ? numbers[3] : numbers[4])
          }
          #expect(abs(Double(found + evidence.value(totals)) - expected) < 1)
        }
      }
    }
  }

  @Test func weightsAreFiniteAndNotNegative() {
    for bits in UInt16.min...UInt16.max {
      let value = BrainFloat.decode(bits)
      #expect(BrainFloat.isWeight(bits) == (value.isFinite && value.sign == .plus))
    }
  }

  @Test func factorRowsComeBack() {
    let values = (0..<128).map { Int8(truncatingIfNeeded: $0 * 2 - 127) }
    let bytes = FactorRow.encode(scale: 0.037, values: values)
    #expect(bytes.count == FactorRow.width(dimensions: 128))
    bytes.withView { row in
      #expect(FactorRow.scale(row) == 0.037)
      #expect(row.dropFirst(4).array.map { Int8(bitPattern: $0) } == values)
    }
    for scale in [Float.nan, .infinity, -.infinity] {
      #expect(FactorRow.encode(scale: scale, values: []).withView { FactorRow.scale($0) } == 0)
    }
  }

  @Test func heapAddressesKeepBlockAndOffset() {
    for (block, offset) in [(0, 0), (1, 65535), (65534, 0), (65534, 65535)] {
      let address = HeapAddress(block: block, offset: offset)
      #expect(address.block == block && address.offset == offset && address != .none)
    }
  }

  @Test(arguments: [0, 1, 5, 1_000, 30_000]) func everyNameIsFoundByProbing(count: Int) {
    var random = SeededGenerator(UInt64(count))
    var unique: Set<UInt32> = count > 4 ? [0, .max, .max - 1] : []
    while unique.count < count { unique.insert(UInt32(truncatingIfNeeded: random.next())) }
    let names = unique.sorted().shuffled(using: &random)
    let slots = SlotIndex.build(names: names)
    #expect(slots.count == SlotIndex.slotCount(items: count))
    #expect(Double(count) / Double(slots.count) <= 0.7)
    var probes = 0
    func find(_ name: UInt32) -> UInt32? {
      var slot = Int((UInt64(name) * UInt64(slots.count)) >> 32)
      while slots[slot] != 0 {
        probes += 1
        if names[Int(slots[slot]) - 1] == name { return slots[slot] - 1 }
        slot = (slot + 1) % slots.count
      }
      return nil
    }
    for (item, name) in names.enumerated() { #expect(find(name) == UInt32(item)) }
    if count > 100 { #expect(Double(probes) / Double(count) < 2.5, "1.7 + 0.5 / (1 - 0.7) in the mean") }
    for _ in 0..<1_000 {
      let name = UInt32(truncatingIfNeeded: random.next())
      if !unique.contains(name) { #expect(find(name) == nil) }
    }
    #expect(slots.filter { $0 != 0 }.count == count)
  }
}
