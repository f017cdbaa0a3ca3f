import Bytes
import SnapshotFormat
import TestSupport
import Testing

@Suite struct TreeEnsembleTests {
  /// Every number of every tree stands where the layout says, read here byte by byte.
  @Test(arguments: [0, 1, 7, TreeEnsemble.treesMax]) func treesStandWhereTheLayoutSays(count: Int) {
    var random = SeededGenerator(UInt64(count))
    let trees = (0..<count).map { _ in Self.tree(&random) }
    let bytes = TreeEnsemble.encode(trees)
    #expect(bytes.count == 4 + 44 * count)
    #expect(Int(bytes[0]) + Int(bytes[1]) << 8 == count && bytes[2] == 0 && bytes[3] == 0)
    for (number, tree) in trees.enumerated() {
      let start = 4 + 44 * number
      #expect(Array(bytes[start..<start + 4]) == tree.features + [0])
      let numbers = (0..<10).map { place -> Float in
        let at = start + 4 + 4 * place
        return Float(bitPattern: (0..<4).reduce(0) { $0 | UInt32(bytes[at + $1]) << UInt32(8 * $1) })
      }
      #expect(numbers == tree.thresholds + tree.means + tree.leaves)
    }
    #expect(Self.count(bytes) == count)
  }

  @Test func anotherSizeIsRefused() {
    var random = SeededGenerator(1)
    let bytes = TreeEnsemble.encode((0..<3).map { _ in Self.tree(&random) })
    for length in 0..<bytes.count { #expect(Self.count(Array(bytes.prefix(length))) == nil, "\(length) bytes") }
    #expect(Self.count(bytes + [0]) == nil)
    #expect(Self.count(bytes + Array(bytes.suffix(44))) == nil, "a tree more than counted")
    for place in 0..<4 { #expect(Self.count(Self.changed(bytes, place, to: 9)) == nil, "byte \(place)") }
  }

  @Test func moreTreesThanAreAllowedAreRefused() {
    let tree = TreeEnsemble.Tree(features: [0, 0, 0], thresholds: [0, 0, 0], means: [0, 0, 0], leaves: [0, 0, 0, 0])
    let most = TreeEnsemble.encode(Array(repeating: tree, count: TreeEnsemble.treesMax))
    #expect(Self.count(most) == TreeEnsemble.treesMax)
    let count = TreeEnsemble.treesMax + 1
    let more = [UInt8(truncatingIfNeeded: count), UInt8(count >> 8), 0, 0] + most.dropFirst(4) + most.suffix(44)
    #expect(Self.count(more) == nil)
  }

  @Test func featuresOutsideTheTableAreRefused() {
    var random = SeededGenerator(2)
    let bytes = TreeEnsemble.encode((0..<2).map { _ in Self.tree(&random) })
    for start in [4, 48] {
      for node in 0..<3 {
        #expect(Self.count(Self.changed(bytes, start + node, to: 19), features: 20) == 2)
        for feature in [20, 21, 255] as [UInt8] {
          #expect(Self.count(Self.changed(bytes, start + node, to: feature), features: 20) == nil)
        }
      }
    }
  }

  @Test func numbersThatAreNoneOrTooLargeAreRefused() {
    var random = SeededGenerator(3)
    let bytes = TreeEnsemble.encode((0..<2).map { _ in Self.tree(&random) })
    func with(_ value: Float, at place: Int) -> [UInt8] {
      (0..<4).reduce(bytes) { Self.changed($0, place + $1, to: UInt8(value.bitPattern >> UInt32(8 * $1) & 0xFF)) }
    }
    for tree in 0..<2 {
      for number in 0..<10 {
        let place = 4 + 44 * tree + 4 + 4 * number
        for value in [.nan, .infinity, -.infinity, 1_000_001, -1_000_001, .greatestFiniteMagnitude] as [Float] {
          #expect(Self.count(with(value, at: place)) == nil, "\(value) as number \(number)")
        }
        for value in [1_000_000, -1_000_000, 0, -0.0, .leastNonzeroMagnitude] as [Float] {
          #expect(Self.count(with(value, at: place)) == 2, "\(value) as number \(number)")
        }
      }
    }
  }

  // MARK: Help

  private static func tree(_ random: inout SeededGenerator) -> TreeEnsemble.Tree {
    func numbers(_ count: Int) -> [Float] { (0..<count).map { _ in Float(random.below(20_001) - 10_000) / 128 } }
    return TreeEnsemble.Tree(
      features: (0..<3).map { _ in UInt8(random.below(20)) }, thresholds: numbers(3), means: numbers(3),
      leaves: numbers(4))
  }

  private static func count(_ bytes: [UInt8], features: Int = 20) -> Int? {
    bytes.withView { TreeEnsemble.count($0, features: features) }
  }

  private static func changed(_ bytes: [UInt8], _ place: Int, to byte: UInt8) -> [UInt8] {
    var bytes = bytes
    bytes[place] = byte
    return bytes
  }
}
