import EventLog
import Models
import Testing

@Suite struct ItemAttributesTests {
  private func catalogue(_ items: [(category: String, brand: String)]) -> Catalogue {
    var catalogue = Catalogue()
    catalogue.items = items.map { entry in
      var item = Catalogue.Item()
      item.category = entry.category
      item.brand = entry.brand
      return item
    }
    return catalogue
  }

  @Test func numbersFollowNamesNotInput() {
    let items = [("tea", "Zed"), ("coffee", "Able"), ("", ""), ("tea", "Able")]
    let attributes = ItemAttributes(catalogue(items), itemCount: 4)
    #expect(attributes.categories.map(\.path) == ["coffee", "tea"])
    #expect(attributes.categoryOfItem == [1, 0, ItemAttributes.none, 1])
    #expect(attributes.brands == ["Able", "Zed"])
    #expect(attributes.brandOfItem == [1, 0, ItemAttributes.none, 0])
    #expect(ItemAttributes(catalogue(items.reversed()), itemCount: 4).categories == attributes.categories)
  }

  @Test func tagsAreNumberedByName() {
    var catalogue = catalogue([("", ""), ("", ""), ("", "")])
    catalogue.items[0].tags = ["sale", "color=red", "sale"]
    catalogue.items[2].tags = ["color=red"]
    let attributes = ItemAttributes(catalogue, itemCount: 4)
    #expect(attributes.tags == ["color=red", "sale"])
    #expect(attributes.tagsOfItem == [[0, 1], [], [0], []])
  }

  @Test func everyPrefixOfAPathIsACategory() {
    let attributes = ItemAttributes(
      catalogue([("Home > Kitchen > Mugs", ""), ("Home>Garden", ""), (" Home ", ""), ("Home > Kitchen", ""), (">", "")]
      ),
      itemCount: 6)
    #expect(attributes.categories.map(\.path) == ["Home", "Home > Garden", "Home > Kitchen", "Home > Kitchen > Mugs"])
    #expect(attributes.categories.map(\.parent) == [ItemAttributes.none, 0, 0, 2])
    #expect(attributes.categoryOfItem == [3, 1, 0, 2, ItemAttributes.none, ItemAttributes.none])
    #expect(attributes.chain(from: 3) == [3, 2, 0])
    #expect(attributes.chain(from: ItemAttributes.none).isEmpty)
  }
}
