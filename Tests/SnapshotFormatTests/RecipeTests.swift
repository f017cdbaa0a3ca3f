import Bytes
import SnapshotFormat
import TestSupport
import Testing

@Suite struct RecipeTests {
  @Test func whatIsWrittenIsRead() {
    var random = SeededGenerator(1)
    for _ in 0..<1_000 {
      var recipe = Recipe()
      recipe.limit = UInt8(1 + random.below(100))
      recipe.excludes = Recipe.Excludes(rawValue: UInt8(random.below(8)))
      (recipe.isCategoryOnly, recipe.isOnePerGroup) = (random.once(in: 2), random.once(in: 2))
      (recipe.diversity, recipe.perCategory) = (UInt8(random.below(101)), UInt8(random.below(101)))
      (recipe.perBrand, recipe.priceFrom) = (UInt8(random.below(101)), UInt16(random.below(10_000)))
      recipe.priceTo = UInt16(random.below(10_000))
      let adjustments = (0..<random.below(65)).map { _ in
        Adjustment(
          Adjustment.Kind(rawValue: UInt8(1 + random.below(4)))!, AttributeKey(rawValue: UInt32(random.below(1 << 30))),
          amount: Float(random.below(200 * 256)) / 256 - 100, position: UInt8(random.below(100)))
      }
      let bytes = recipe.encoded(adjustments)
      bytes.withView { view in
        #expect(Recipe(view) == recipe)
        let read = adjustments.indices.map { Adjustment(view, at: Recipe.width + $0 * Adjustment.width) }
        #expect(read == adjustments)
        #expect(Adjustment(view, at: bytes.count) == nil)
        #expect(Recipe(view.dropLast(1)) == nil, "half an adjustment")
      }
    }
  }

  @Test func whatIsNoRecipeIsRefused() {
    func isRead(_ bytes: [UInt8]) -> Bool { bytes.withView { Recipe($0) } != nil }
    var bytes = Recipe().encoded([])
    #expect(isRead(bytes) && !isRead([]) && !isRead(Array(bytes.dropLast())))
    #expect(!isRead(bytes + Array(repeating: 0, count: 65 * 8)))
    bytes[3] = 101
    #expect(!isRead(bytes))
    bytes[3] = 0
    for limit in [0, 101] as [UInt8] {
      bytes[0] = limit
      #expect(!isRead(bytes))
    }
  }

  @Test func listsOfNumbers() {
    let bytes = NumberList.encode([0, 7, 300, 65535]) + [9, 9]
    bytes.withView { list in
      #expect(NumberList.count(list) == 4 && (0..<4).map { NumberList.number(list, $0) } == [0, 7, 300, 65535])
      #expect(NumberList.contains(300, in: list) && !NumberList.contains(8, in: list))
      #expect(NumberList.count(list.prefix(5)) == 2 && !NumberList.contains(300, in: list.prefix(6)))
    }
    #expect(NumberList.count(.empty) == 0 && !NumberList.contains(0, in: .empty))
  }
}
